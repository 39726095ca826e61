"""The database itself computes the check digit of an NPI: whoever writes one, a wrong one stays out."""

from django.db import migrations, models

import directory.models.nppes

FUNCTION = """
CREATE FUNCTION directory_npi_is_valid(npi text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $function$
-- Luhn over 80840 + NPI (45 CFR 162.406). 80840 always adds 24. The first, third, … digit counts double, and the two
-- digits of a double are added up, which is what translate() looks up: 5 becomes 10 becomes 1.
SELECT CASE WHEN npi ~ '^[0-9]{10}$' THEN (
    24
    + translate(substr(npi, 1, 1), '0123456789', '0246813579')::int + substr(npi, 2, 1)::int
    + translate(substr(npi, 3, 1), '0123456789', '0246813579')::int + substr(npi, 4, 1)::int
    + translate(substr(npi, 5, 1), '0123456789', '0246813579')::int + substr(npi, 6, 1)::int
    + translate(substr(npi, 7, 1), '0123456789', '0246813579')::int + substr(npi, 8, 1)::int
    + translate(substr(npi, 9, 1), '0123456789', '0246813579')::int + substr(npi, 10, 1)::int
) % 10 = 0 ELSE npi IS NULL END
$function$;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_screened")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION directory_npi_is_valid(text);"),
        migrations.RemoveConstraint(model_name="therapist", name="npi_has_ten_digits"),
        migrations.AddConstraint(
            model_name="therapist",
            constraint=models.CheckConstraint(
                condition=models.Q(("npi__isnull", True), directory.models.nppes.NpiIsValid("npi"), _connector="OR"),
                name="npi_has_ten_digits_and_its_check_digit",
                violation_error_message="This is no NPI: its check digit is wrong.",
            ),
        ),
    ]
