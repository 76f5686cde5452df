"""What was said, decided and done is read by both sides: no such row is ever edited nor deleted."""

from django.db import migrations

TABLES = ("cases_statement", "cases_decision", "cases_caseevent")
FUNCTION = """
CREATE FUNCTION cases_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was said and decided is never changed'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
TRIGGER = """
CREATE TRIGGER cases_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION cases_refuse_change();
"""
REFUSE = FUNCTION + "".join(TRIGGER.format(table=table) for table in TABLES)
ALLOW = "".join(f"DROP TRIGGER cases_append_only ON {table};\n" for table in TABLES) + (
    "DROP FUNCTION cases_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
