"""An adjustment is a decision about money: like a settlement it is never edited nor deleted."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER billing_append_only BEFORE UPDATE OR DELETE ON billing_adjustment
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_adjustment
  EXECUTE FUNCTION billing_refuse_change();
"""
ALLOW = """
DROP TRIGGER billing_never_emptied ON billing_adjustment;
DROP TRIGGER billing_append_only ON billing_adjustment;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_money_that_comes_back")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
