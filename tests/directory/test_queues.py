"""The desk's queues are counted over search rows: they say the same as the conditions of being listed."""

from __future__ import annotations

import datetime as dt

import pytest

from directory.admin.queues import LAPSING_DAYS, count_lapsed, lapsed, lapsing
from directory.models import Therapist
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("on", [TODAY, TODAY + 13 * DAY, TODAY + 14 * DAY, TODAY + 400 * DAY])
def test_queues_of_lapsed_and_lapsing_are_what_the_conditions_say(on: dt.date) -> None:
    for days in (-1, 0, 1, 13, 14, 15, 300):
        TherapistFactory(licenses=[{"expires_on": TODAY + days * DAY}], attested_on=TODAY)
        TherapistFactory(attested_on=TODAY + (days - 90) * DAY)
    TherapistFactory(licenses=[])
    TherapistFactory(life="draft", slug=None)
    TherapistFactory(life="suspended")
    published = Therapist.objects.filter(life="published")
    now = {therapist.pk for therapist in Therapist.objects.published(on=on)}
    later = {therapist.pk for therapist in Therapist.objects.published(on=on + LAPSING_DAYS * DAY)}
    gone = {therapist.pk for therapist in published} - now
    assert {therapist.pk for therapist in lapsed(on)} == gone
    assert count_lapsed(on) == len(gone)
    assert {therapist.pk for therapist in lapsing(on)} == now - later


def test_what_has_lapsed_says_why_by_the_conditions_of_listing_alone() -> None:
    TherapistFactory(name="Ana Demo", licenses=[{"license_type": "associate", "verified_on": None, "source": ""}])
    text = signed_in(curator()).get("/admin/directory/therapist/?queue=lapsed").content.decode()
    assert "No current license was verified against a named source." in text
    assert "supervis" not in text.partition('id="result_list"')[2].partition("</table>")[0].lower()
