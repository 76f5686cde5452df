"""What the database itself refuses of an extension (attacked in tests/sessions_video/test_extension_database_rules.py)."""

from django.db import migrations

DECIDED = """
CREATE FUNCTION sessions_video_extension_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.video_session_id, NEW.request_id, NEW.ms, NEW.price_cents, NEW.card_cents, NEW.hold_number, NEW.begun_at)
     IS DISTINCT FROM
     (OLD.video_session_id, OLD.request_id, OLD.ms, OLD.price_cents, OLD.card_cents, OLD.hold_number, OLD.begun_at) THEN
    RAISE EXCEPTION 'the terms of an extension never change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.decided_at IS NOT NULL THEN
    RAISE EXCEPTION 'a decided extension never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sessions_video_extension_one_way BEFORE UPDATE ON sessions_video_extension
  FOR EACH ROW EXECUTE FUNCTION sessions_video_extension_one_way();
CREATE TRIGGER sessions_video_kept BEFORE DELETE ON sessions_video_extension
  FOR EACH ROW EXECUTE FUNCTION sessions_video_refuse_change();
"""
DROP_DECIDED = """
DROP TRIGGER sessions_video_kept ON sessions_video_extension;
DROP TRIGGER sessions_video_extension_one_way ON sessions_video_extension;
DROP FUNCTION sessions_video_extension_one_way();
"""

# Never more paid time than both agreed to. Deferred: the limit and the decision are written by two statements.
AGREED = """
CREATE FUNCTION sessions_video_check_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked bigint;
  limited bigint;
  agreed bigint;
BEGIN
  IF TG_TABLE_NAME = 'sessions_video_extension' THEN checked := NEW.video_session_id; ELSE checked := NEW.id; END IF;
  SELECT room.limit_ms, booking.duration_minutes * 60000::bigint + coalesce(
      (SELECT sum(ms) FROM sessions_video_extension WHERE video_session_id = checked AND status = 'accepted'), 0)
    INTO limited, agreed
    FROM sessions_video_videosession room JOIN bookings_booking booking ON booking.id = room.booking_id
   WHERE room.id = checked;
  IF limited <> agreed THEN
    RAISE EXCEPTION 'video session % allows % ms, agreed are %', checked, limited, agreed
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sessions_video_check_agreed AFTER UPDATE OF limit_ms ON sessions_video_videosession
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.limit_ms IS DISTINCT FROM NEW.limit_ms)
  EXECUTE FUNCTION sessions_video_check_agreed();
CREATE CONSTRAINT TRIGGER sessions_video_check_agreed AFTER INSERT OR UPDATE OF status ON sessions_video_extension
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'accepted')
  EXECUTE FUNCTION sessions_video_check_agreed();
"""
DROP_AGREED = """
DROP TRIGGER sessions_video_check_agreed ON sessions_video_extension;
DROP TRIGGER sessions_video_check_agreed ON sessions_video_videosession;
DROP FUNCTION sessions_video_check_agreed();
"""


class Migration(migrations.Migration):
    dependencies = [("sessions_video", "0004_extensions")]

    operations = [migrations.RunSQL(DECIDED, DROP_DECIDED), migrations.RunSQL(AGREED, DROP_AGREED)]
