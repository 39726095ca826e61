"""The desk's queues are counted over search rows: they say the same as the conditions of being listed."""

from __future__ import annotations

import datetime as dt

import pytest

from directory import actions
from directory.admin.queues import LAPSING_DAYS, count_lapsed, fit_again, lapsed, lapsing, waiting_flags
from directory.models import ScreeningFlag, Therapist
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


def test_who_lacks_nothing_any_more_waits_for_one_click() -> None:
    back = TherapistFactory(life="suspended", life_reason="License ran out")
    TherapistFactory(life="suspended", life_reason="Paused by the therapist. A baby")
    TherapistFactory(life="suspended", life_reason="License ran out", licenses=[])
    TherapistFactory(life="suspended", life_reason="…", licenses=[{"license_type": "associate"}])
    assert list(fit_again(TODAY)) == [back]
    actions.publish(therapist=back, by="Lead", on=TODAY)
    assert not fit_again(TODAY).exists()


def test_flags_of_who_left_for_good_wait_for_nobody() -> None:
    for life in ("published", "archived"):
        ScreeningFlag.objects.create(
            therapist=TherapistFactory(life=life), tier="hold", term="x", field="bio", sentence="X.", found_on=TODAY
        )
    assert [flag.therapist.life for flag in waiting_flags(TODAY)] == ["published"]
