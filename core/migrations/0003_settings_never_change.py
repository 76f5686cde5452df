"""What held on a day stays readable: a row of settings is never edited nor deleted, by anybody."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION core_refuse_setting_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'settings are added, never changed nor deleted'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER core_setting_append_only BEFORE UPDATE OR DELETE ON core_setting
  FOR EACH ROW EXECUTE FUNCTION core_refuse_setting_change();
"""
ALLOW = """
DROP TRIGGER core_setting_append_only ON core_setting;
DROP FUNCTION core_refuse_setting_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_extensions")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
