"""What constraints cannot say of catalog's tables, and how PostgreSQL keeps and counts their columns."""

# A version is what was sold and learnt at the time: it goes with its course, and otherwise stays what it was.
GUARDS = """
CREATE FUNCTION skillwise_catalog_version_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'version % of course % is kept as it was published', OLD.number, OLD.course_id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'course_version_is_kept';
END $$;
CREATE TRIGGER course_version_is_kept BEFORE UPDATE ON skillwise_catalog_courseversion
FOR EACH ROW EXECUTE FUNCTION skillwise_catalog_version_is_kept();

-- The storefront shows a course exactly while it is published.
CREATE FUNCTION skillwise_catalog_listed_while_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    status text;
    is_listed boolean;
    the_course uuid;
BEGIN
    IF TG_TABLE_NAME = 'skillwise_catalog_edition' THEN the_course := NEW.course_id; ELSE the_course := NEW.id; END IF;
    SELECT course.status, coalesce(edition.is_listed, false) INTO status, is_listed
    FROM skillwise_catalog_course course
    LEFT JOIN skillwise_catalog_edition edition ON edition.course_id = course.id
    WHERE course.id = the_course;
    IF FOUND AND is_listed <> (status = 'published') THEN
        RAISE EXCEPTION 'course % is % and % listed', the_course, status, CASE WHEN is_listed THEN '' ELSE 'not' END
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_listed_while_published';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER edition_listed_while_published AFTER INSERT OR UPDATE OF is_listed
ON skillwise_catalog_edition DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION skillwise_catalog_listed_while_published();
CREATE CONSTRAINT TRIGGER course_listed_while_published AFTER INSERT OR UPDATE OF status
ON skillwise_catalog_course DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION skillwise_catalog_listed_while_published();

-- What the storefront shows of a course changed in this transaction, figures apart. Transactions are ordered by their
-- beginning and seen by their commit: `selectors.storefront.changes` says how the two go together.
CREATE FUNCTION skillwise_catalog_edition_changed_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.is_listed, NEW.card, NEW.detail) IS DISTINCT FROM (OLD.is_listed, OLD.card, OLD.detail)
    THEN
        NEW.changed_in := pg_current_xact_id()::text::bigint;
    ELSE
        -- Rows that were restored into another cluster come from transactions that are still to come here.
        NEW.changed_in := least(OLD.changed_in, pg_current_xact_id()::text::bigint);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_changed_in BEFORE INSERT OR UPDATE OF is_listed, card, detail, changed_in
ON skillwise_catalog_edition FOR EACH ROW EXECUTE FUNCTION skillwise_catalog_edition_changed_in();

-- What lists read stays in the row, beside its figures; what a course alone says is kept elsewhere. A term's share is
-- known even where it is small, for the planner to enter by the right index.
--
-- Of titles the planner still knows a thousand words, those that one in five hundred has. To know more takes it longer
-- with each search, and changes no plan. Of whole texts it needs more: with fewer it takes a word that nobody uses for
-- one that is used often enough to walk through the list.
ALTER TABLE skillwise_catalog_edition SET (toast_tuple_target = 4080);
ALTER TABLE skillwise_catalog_edition
    ALTER COLUMN card SET STORAGE MAIN, ALTER COLUMN search SET STORAGE MAIN, ALTER COLUMN title_search SET STORAGE MAIN,
    ALTER COLUMN terms SET STORAGE MAIN, ALTER COLUMN terms SET STATISTICS 1000,
    ALTER COLUMN heading_search SET STORAGE MAIN, ALTER COLUMN heading_search SET STATISTICS 100,
    ALTER COLUMN search SET STATISTICS 500, ALTER COLUMN title_search SET STATISTICS 100;

-- All that somebody uploads, or has uploaded, in one list.
CREATE VIEW skillwise_catalog_anyupload AS
SELECT id, owner_id, false AS is_completed FROM skillwise_catalog_upload
UNION ALL
SELECT id, owner_id, true FROM skillwise_catalog_mediafile;
"""
BACK = """
DROP VIEW skillwise_catalog_anyupload;
ALTER TABLE skillwise_catalog_edition RESET (toast_tuple_target);
DROP TRIGGER edition_changed_in ON skillwise_catalog_edition;
DROP FUNCTION skillwise_catalog_edition_changed_in();
DROP TRIGGER course_version_is_kept ON skillwise_catalog_courseversion;
DROP FUNCTION skillwise_catalog_version_is_kept();
DROP TRIGGER edition_listed_while_published ON skillwise_catalog_edition;
DROP TRIGGER course_listed_while_published ON skillwise_catalog_course;
DROP FUNCTION skillwise_catalog_listed_while_published();
"""
