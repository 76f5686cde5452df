"""What one person proposed is what another approves: of a correction only the decision is written, once."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION billing_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  decision text[] := ARRAY['status', 'decided_by_id', 'decided_at', 'decision_note'];
BEGIN
  IF to_jsonb(NEW) - decision IS DISTINCT FROM to_jsonb(OLD) - decision THEN
    RAISE EXCEPTION 'a proposed correction never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status <> 'proposed' AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'a correction is decided once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER billing_guard_correction BEFORE UPDATE ON billing_correction
  FOR EACH ROW EXECUTE FUNCTION billing_guard_correction();
CREATE TRIGGER billing_never_deleted BEFORE DELETE ON billing_correction
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_correction
  EXECUTE FUNCTION billing_refuse_change();
"""
ALLOW = """
DROP TRIGGER billing_never_emptied ON billing_correction;
DROP TRIGGER billing_never_deleted ON billing_correction;
DROP TRIGGER billing_guard_correction ON billing_correction;
DROP FUNCTION billing_guard_correction();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_post_in_one_statement")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
