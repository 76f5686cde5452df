"""What the database itself refuses of the meter (attacked in tests/sessions_video/test_database_rules.py)."""

from django.db import migrations

REFUSE_CHANGE = """
CREATE FUNCTION sessions_video_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refused: % is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER sessions_video_append_only BEFORE UPDATE OR DELETE ON sessions_video_segment
  FOR EACH ROW EXECUTE FUNCTION sessions_video_refuse_change();
CREATE TRIGGER sessions_video_append_only BEFORE UPDATE OR DELETE ON sessions_video_roomevent
  FOR EACH ROW EXECUTE FUNCTION sessions_video_refuse_change();
"""
DROP_REFUSE_CHANGE = """
DROP TRIGGER sessions_video_append_only ON sessions_video_roomevent;
DROP TRIGGER sessions_video_append_only ON sessions_video_segment;
DROP FUNCTION sessions_video_refuse_change();
"""

# Terms never change; free time is only lowered, paid time only extended, counted time only grows; an end is an end.
ONE_WAY = """
CREATE FUNCTION sessions_video_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.booking_id, NEW.day_start, NEW.day_end, NEW.rate_cents, NEW.window_ms)
     IS DISTINCT FROM (OLD.booking_id, OLD.day_start, OLD.day_end, OLD.rate_cents, OLD.window_ms) THEN
    RAISE EXCEPTION 'the terms of a video session never change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.free_ms > OLD.free_ms OR NEW.limit_ms < OLD.limit_ms OR NEW.accumulated_ms < OLD.accumulated_ms
     OR NEW.last_ms < OLD.last_ms THEN
    RAISE EXCEPTION 'the meter only goes one way' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.phase = 'ended' AND (NEW.phase, NEW.end_reason, NEW.ended_at, NEW.free_ms, NEW.limit_ms, NEW.accumulated_ms)
     IS DISTINCT FROM (OLD.phase, OLD.end_reason, OLD.ended_at, OLD.free_ms, OLD.limit_ms, OLD.accumulated_ms) THEN
    RAISE EXCEPTION 'an ended video session never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sessions_video_one_way BEFORE UPDATE ON sessions_video_videosession
  FOR EACH ROW EXECUTE FUNCTION sessions_video_one_way();
"""
DROP_ONE_WAY = """
DROP TRIGGER sessions_video_one_way ON sessions_video_videosession;
DROP FUNCTION sessions_video_one_way();
"""

# Deferred: segments and their sum are written by two statements of one transaction.
CHECK_SUM = """
CREATE FUNCTION sessions_video_check_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked bigint;
  room sessions_video_videosession;
  total numeric;
  earliest bigint;
  latest bigint;
BEGIN
  IF TG_TABLE_NAME = 'sessions_video_segment' THEN checked := NEW.video_session_id; ELSE checked := NEW.id; END IF;
  SELECT * INTO room FROM sessions_video_videosession WHERE id = checked;
  SELECT coalesce(sum(ended_at - started_at), 0), min(started_at), max(ended_at) INTO total, earliest, latest
    FROM sessions_video_segment WHERE video_session_id = checked;
  IF total <> room.accumulated_ms THEN
    RAISE EXCEPTION 'video session % counts % ms, its segments %', checked, room.accumulated_ms, total
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF earliest < room.day_start OR latest > room.day_end THEN
    RAISE EXCEPTION 'video session % has a segment outside its day', checked
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sessions_video_check_sum AFTER INSERT ON sessions_video_segment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sessions_video_check_sum();
CREATE CONSTRAINT TRIGGER sessions_video_check_sum AFTER UPDATE OF accumulated_ms ON sessions_video_videosession
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.accumulated_ms IS DISTINCT FROM NEW.accumulated_ms)
  EXECUTE FUNCTION sessions_video_check_sum();
CREATE CONSTRAINT TRIGGER sessions_video_check_sum_at_birth AFTER INSERT ON sessions_video_videosession
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sessions_video_check_sum();
"""
DROP_CHECK_SUM = """
DROP TRIGGER sessions_video_check_sum_at_birth ON sessions_video_videosession;
DROP TRIGGER sessions_video_check_sum ON sessions_video_videosession;
DROP TRIGGER sessions_video_check_sum ON sessions_video_segment;
DROP FUNCTION sessions_video_check_sum();
"""


class Migration(migrations.Migration):
    dependencies = [("sessions_video", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, DROP_REFUSE_CHANGE),
        migrations.RunSQL(ONE_WAY, DROP_ONE_WAY),
        migrations.RunSQL(CHECK_SUM, DROP_CHECK_SUM),
    ]
