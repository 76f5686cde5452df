from django.db import migrations

# Who can be booked depends on tables of three apps. The lists sort by it and the booking service relies on it, so the
# database keeps one column instead of each writer remembering to. Functions are VOLATILE on purpose: they must see what
# was committed while the statement waited for the row.
FORWARD = """
CREATE FUNCTION mentors_can_be_booked(member bigint, mentor_status text, rate bigint) RETURNS boolean
LANGUAGE sql VOLATILE AS $$
    SELECT mentor_status = 'validated'
        AND rate IS NOT NULL
        AND EXISTS (SELECT 1 FROM accounts_user WHERE id = member AND is_active)
        AND EXISTS (SELECT 1 FROM billing_connectedaccount WHERE user_id = member AND state = 'active')
        AND EXISTS (SELECT 1 FROM billing_billingprofile WHERE user_id = member AND siren <> '')
        AND EXISTS (SELECT 1 FROM billing_billingmandate WHERE user_id = member)
$$;

CREATE FUNCTION mentors_set_bookable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_bookable := mentors_can_be_booked(NEW.user_id, NEW.status, NEW.hourly_rate_cents);
    RETURN NEW;
END $$;

CREATE TRIGGER mentor_bookable BEFORE INSERT OR UPDATE ON mentors_mentorprofile
FOR EACH ROW EXECUTE FUNCTION mentors_set_bookable();

-- Lock the mentor's row before looking: a decision of the team may be committing at this instant.
CREATE FUNCTION mentors_refresh_bookable(member bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM mentors_mentorprofile WHERE user_id = member FOR UPDATE;
    UPDATE mentors_mentorprofile SET is_bookable = NOT is_bookable
    WHERE user_id = member
        AND is_bookable IS DISTINCT FROM mentors_can_be_booked(user_id, status, hourly_rate_cents);
END $$;

CREATE FUNCTION mentors_follow_billing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mentors_refresh_bookable(CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END);
    RETURN NULL;
END $$;

CREATE FUNCTION mentors_follow_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mentors_refresh_bookable(NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER mentor_bookable_follows AFTER INSERT OR UPDATE OF state OR DELETE ON billing_connectedaccount
FOR EACH ROW EXECUTE FUNCTION mentors_follow_billing();

CREATE TRIGGER mentor_bookable_follows AFTER INSERT OR UPDATE OF siren OR DELETE ON billing_billingprofile
FOR EACH ROW EXECUTE FUNCTION mentors_follow_billing();

CREATE TRIGGER mentor_bookable_follows AFTER INSERT OR DELETE ON billing_billingmandate
FOR EACH ROW EXECUTE FUNCTION mentors_follow_billing();

CREATE TRIGGER mentor_bookable_follows AFTER UPDATE OF is_active ON accounts_user
FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active) EXECUTE FUNCTION mentors_follow_user();
"""

BACKWARD = """
DROP TRIGGER mentor_bookable_follows ON accounts_user;
DROP TRIGGER mentor_bookable_follows ON billing_billingmandate;
DROP TRIGGER mentor_bookable_follows ON billing_billingprofile;
DROP TRIGGER mentor_bookable_follows ON billing_connectedaccount;
DROP TRIGGER mentor_bookable ON mentors_mentorprofile;
DROP FUNCTION mentors_follow_user();
DROP FUNCTION mentors_follow_billing();
DROP FUNCTION mentors_refresh_bookable(bigint);
DROP FUNCTION mentors_set_bookable();
DROP FUNCTION mentors_can_be_booked(bigint, text, bigint);
"""


class Migration(migrations.Migration):
    """`is_bookable` is computed by the database from the request, the account, the SIREN and the mandate."""

    dependencies = [("mentors", "0001_initial"), ("billing", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
