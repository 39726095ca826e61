-- What the roster and the feed read, written by the database in the transaction that changes a profile.
--
-- directory_search_source    what every search row and card should say, computed from the normal tables
-- directory_refresh_search   makes them say so, and writes the changes
-- triggers                   call it for the therapists that a statement touched (0002_search.py makes one per table)

-- A mask holds 63 codes a word. A code beyond the words of its vocabulary would be lost without a sound.
ALTER TABLE directory_approach       ADD CONSTRAINT approach_fits_its_masks        CHECK (bit < 63);
ALTER TABLE directory_concern        ADD CONSTRAINT concern_fits_its_masks         CHECK (bit < 126);
ALTER TABLE directory_population     ADD CONSTRAINT population_fits_its_masks      CHECK (bit < 63);
ALTER TABLE directory_sessionformat  ADD CONSTRAINT session_format_fits_its_masks  CHECK (bit < 63);
ALTER TABLE directory_deliverymethod ADD CONSTRAINT delivery_method_fits_its_masks CHECK (bit < 63);
ALTER TABLE directory_language       ADD CONSTRAINT language_fits_its_masks        CHECK (bit < 126);
ALTER TABLE directory_insuranceplan  ADD CONSTRAINT insurance_plan_fits_its_masks  CHECK (bit < 126);
ALTER TABLE directory_licensetype    ADD CONSTRAINT license_type_fits_its_masks    CHECK (bit < 63);
ALTER TABLE directory_jurisdiction   ADD CONSTRAINT jurisdiction_fits_its_masks    CHECK (bit < 63);

CREATE VIEW directory_search_source AS
SELECT
    t.id AS therapist_id,
    -- Whether there is a day on which they are shown; "on day D" is: listed and listed_until >= D.
    (
        t.life = 'published' AND t.consented_on IS NOT NULL AND shown.until >= 0
        AND NOT EXISTS (
            SELECT FROM directory_screeningflag f
            WHERE f.therapist_id = t.id AND f.tier = 'hold' AND f.decision <> 'cleared'
        )
    ) AS listed,
    shown.until AS listed_until,
    coalesce(array_position(ARRAY['woman', 'man', 'nonbinary'], t.gender::text) - 1, -1)::smallint AS gender,
    coalesce(array_position(ARRAY['no', 'waitlist', 'yes'], t.accepting_clients::text) - 1, -1)::smallint AS accepting,
    coalesce(t.sliding_scale::int, -1)::smallint AS sliding_scale,
    coalesce(t.years_in_practice, -1)::smallint AS years_in_practice,
    greatest(t.next_opening_on - DATE '2000-01-01', -1) AS opening_on,
    coalesce(t.fee_min, t.fee_max, -1) AS fee_from,
    approaches.word_0 AS approaches_0,
    approaches.marked_0 AS trained_0,
    concerns.word_0 AS concerns_0,
    concerns.word_1 AS concerns_1,
    concerns.marked_0 AS focus_0,
    concerns.marked_1 AS focus_1,
    populations.word_0 AS populations_0,
    session_formats.word_0 AS session_formats_0,
    delivery_methods.word_0 AS delivery_methods_0,
    languages.word_0 AS languages_0,
    languages.word_1 AS languages_1,
    insurance_plans.word_0 AS insurance_plans_0,
    insurance_plans.word_1 AS insurance_plans_1,
    jsonb_build_object(
        'slug', t.slug,
        'name', t.name,
        'pronouns', nullif(t.pronouns, ''),
        'gender', nullif(t.gender, ''),
        'credentials', licenses.credentials,
        'headline', nullif(t.headline, ''),
        'accepting_clients', nullif(t.accepting_clients, ''),
        'next_opening_on', t.next_opening_on,
        'fee_min', t.fee_min,
        'fee_max', t.fee_max,
        'sliding_scale', t.sliding_scale,
        'years_in_practice', t.years_in_practice,
        'approaches', approaches.codes,
        'trained_in', approaches.marked,
        'concerns', concerns.codes,
        'focus_concerns', concerns.marked,
        'populations', populations.codes,
        'session_formats', session_formats.codes,
        'delivery_methods', delivery_methods.codes,
        'languages', languages.codes,
        'insurance_plans', insurance_plans.codes,
        'licenses', licenses.held,
        'compact_privileges', privileges.held,
        'places', places.offices,
        'as_of', jsonb_build_object(
            'availability', t.availability_as_of,
            'fees', t.fees_as_of,
            'insurance', t.insurance_as_of,
            'specialties', t.specialties_as_of,
            'attested', t.attested_on,
            'consented', t.consented_on
        )
    ) AS card,
    md5(jsonb_build_array(t.bio, t.email, t.phone, t.website, t.npi, places.streets)::text)::uuid AS profile_digest
FROM directory_therapist t
CROSS JOIN LATERAL (
    SELECT
        max(l.expires_on) AS until,
        string_agg(DISTINCT k.abbreviation, ', ' ORDER BY k.abbreviation) AS credentials,
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'license_type', k.code, 'jurisdiction', j.code, 'expires_on', l.expires_on,
                    'verified_on', l.verified_on, 'source', l.source
                )
                ORDER BY j.code COLLATE "C", k.code COLLATE "C", l.expires_on, l.id
            ),
            '[]'
        ) AS held
    FROM directory_license l
    JOIN directory_licensetype k ON k.id = l.license_type_id
    JOIN directory_jurisdiction j ON j.id = l.jurisdiction_id
    WHERE l.therapist_id = t.id AND l.status = 'active' AND l.verified_on IS NOT NULL AND l.expires_on IS NOT NULL
) licenses
CROSS JOIN LATERAL (
    -- Attested facts hold for 90 days, directory/models/therapist.py: ATTESTATION_DAYS.
    SELECT CASE
        WHEN t.attested_on IS NULL OR licenses.until IS NULL THEN -1
        ELSE greatest(least(t.attested_on + 90, licenses.until) - DATE '2000-01-01', -1)
    END AS until
) shown
CROSS JOIN LATERAL (
    SELECT coalesce(
        jsonb_agg(
            jsonb_build_object(
                'jurisdiction', j.code, 'expires_on', p.expires_on, 'verified_on', p.verified_on, 'source', p.source
            )
            ORDER BY j.code COLLATE "C"
        ),
        '[]'
    ) AS held
    FROM directory_compactprivilege p
    JOIN directory_jurisdiction j ON j.id = p.jurisdiction_id
    WHERE p.therapist_id = t.id AND p.verified_on IS NOT NULL
) privileges
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            jsonb_agg(
                jsonb_build_object('city', nullif(o.city, ''), 'jurisdiction', j.code, 'zip', o.zip)
                ORDER BY o.zip COLLATE "C", o.street COLLATE "C"
            ),
            '[]'
        ) AS offices,
        jsonb_agg(o.street ORDER BY o.zip COLLATE "C", o.street COLLATE "C") AS streets
    FROM directory_practicelocation o
    LEFT JOIN directory_jurisdiction j ON j.id = o.jurisdiction_id
    WHERE o.therapist_id = t.id
) places
-- {one lateral join per masked relation: word_N, codes, marked_N, marked}
;

CREATE FUNCTION directory_refresh_search(therapist_ids bigint[], always boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql AS $function$
-- Bring search rows, cards and changes of these therapists up to date. Without `always` a search row that says the
-- same keeps its version; with it (the default) the roster reads these therapists again in any case.
BEGIN
    -- Two transactions that change one therapist take turns here; the statement after it sees what the first one wrote.
    PERFORM FROM directory_therapist WHERE id = ANY (therapist_ids) ORDER BY id FOR NO KEY UPDATE;

    WITH asked AS MATERIALIZED (
        SELECT DISTINCT unnest(therapist_ids) AS therapist_id
    ),
    source AS MATERIALIZED (
        -- OFFSET 0 keeps the planner from joining the whole table first (the view has more joins than it reorders).
        SELECT s.* FROM asked CROSS JOIN LATERAL (
            SELECT * FROM directory_search_source v WHERE v.therapist_id = asked.therapist_id OFFSET 0
        ) s
    ),
    compared AS MATERIALIZED (
        SELECT
            therapist_id,
            row_now.therapist_id IS NOT NULL AS known,
            coalesce(row_now.listed, false) AS was_listed,
            coalesce(source.listed, false) AS is_listed,
            coalesce(source.card ->> 'slug', card_now.card ->> 'slug', '') AS slug,
            ({row_now columns}) IS DISTINCT FROM ({source columns}) AS row_differs,
            (card_now.card, card_now.profile_digest) IS DISTINCT FROM (source.card, source.profile_digest) AS card_differs
        FROM asked
        LEFT JOIN source USING (therapist_id)
        LEFT JOIN directory_searchrow row_now USING (therapist_id)
        LEFT JOIN directory_searchcard card_now USING (therapist_id)
    ),
    rows_written AS (
        INSERT INTO directory_searchrow (therapist_id, version, {columns})
        SELECT therapist_id, pg_current_xact_id(), {source columns}
        FROM source JOIN compared USING (therapist_id)
        WHERE is_listed AND (row_differs OR always) OR known AND row_differs
        ON CONFLICT (therapist_id) DO UPDATE
        SET (version, {columns}) = ROW (excluded.version, {excluded columns})
    ),
    rows_of_the_erased AS (
        -- A tombstone: it tells every roster that they are gone.
        UPDATE directory_searchrow r SET listed = false, version = pg_current_xact_id()
        FROM compared c
        WHERE c.therapist_id = r.therapist_id AND r.listed AND NOT EXISTS (
            SELECT FROM source WHERE source.therapist_id = r.therapist_id
        )
    ),
    cards_written AS (
        INSERT INTO directory_searchcard (therapist_id, card, profile_digest)
        SELECT therapist_id, card, profile_digest
        FROM source JOIN compared USING (therapist_id)
        WHERE is_listed AND card_differs
        ON CONFLICT (therapist_id) DO UPDATE SET card = excluded.card, profile_digest = excluded.profile_digest
    ),
    cards_taken_down AS (
        DELETE FROM directory_searchcard d USING compared c WHERE c.therapist_id = d.therapist_id AND NOT c.is_listed
    ),
    changes_undone AS (
        -- Published and removed by one transaction: for everyone else nothing happened.
        DELETE FROM directory_change d USING compared c
        WHERE c.therapist_id = d.therapist_id AND d.transaction = pg_current_xact_id() AND d.kind = 'published'
          AND NOT c.is_listed
    )
    INSERT INTO directory_change AS earlier (therapist_id, slug, kind)
    SELECT
        therapist_id,
        slug,
        CASE WHEN NOT was_listed THEN 'published' WHEN NOT is_listed THEN 'removed' ELSE 'updated' END
    FROM compared
    WHERE (was_listed <> is_listed OR is_listed AND (row_differs OR card_differs))
      AND (is_listed OR NOT EXISTS (
          SELECT FROM directory_change d
          WHERE d.therapist_id = compared.therapist_id AND d.transaction = pg_current_xact_id() AND d.kind = 'published'
      ))
    ORDER BY therapist_id
    -- One change per therapist and transaction: from what was before it to what is after it.
    ON CONFLICT (therapist_id, transaction) DO UPDATE SET
        slug = excluded.slug,
        kind = CASE
            WHEN earlier.kind = 'published' THEN 'published'
            WHEN excluded.kind = 'removed' THEN 'removed'
            ELSE 'updated'
        END;
END
$function$;

-- Triggers. A bulk loader says SET LOCAL directory.defer_search = 'on' and calls directory_refresh_search itself.

CREATE FUNCTION directory_search_is_deferred() RETURNS boolean
LANGUAGE sql STABLE RETURN coalesce(current_setting('directory.defer_search', true), '') = 'on';

CREATE FUNCTION directory_therapists_changed() RETURNS trigger
LANGUAGE plpgsql AS $function$
BEGIN
    IF directory_search_is_deferred() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM directory_refresh_search(array_agg(id), false) FROM old_rows;
    ELSE
        PERFORM directory_refresh_search(array_agg(id), false) FROM new_rows;
    END IF;
    RETURN NULL;
END
$function$;

CREATE FUNCTION directory_facts_changed() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- The argument says whether the roster reads this table itself.
DECLARE
    always boolean := TG_ARGV[0];
BEGIN
    IF directory_search_is_deferred() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM directory_refresh_search(array_agg(DISTINCT therapist_id), always) FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM directory_refresh_search(array_agg(DISTINCT therapist_id), always) FROM old_rows;
    ELSE
        PERFORM directory_refresh_search(array_agg(DISTINCT therapist_id), always)
        FROM (SELECT therapist_id FROM old_rows UNION SELECT therapist_id FROM new_rows) touched;
    END IF;
    RETURN NULL;
END
$function$;

CREATE FUNCTION directory_license_types_changed() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- The abbreviation stands behind the name of everyone who holds such a licence.
BEGIN
    IF NOT directory_search_is_deferred() THEN
        PERFORM directory_refresh_search(array_agg(DISTINCT l.therapist_id), false)
        FROM old_rows o
        JOIN new_rows n ON n.id = o.id AND n.abbreviation <> o.abbreviation
        JOIN directory_license l ON l.license_type_id = n.id;
    END IF;
    RETURN NULL;
END
$function$;

-- Rows that were there before these triggers.
SELECT directory_refresh_search(array_agg(id)) FROM directory_therapist;
