"""What the database itself refuses: each rule has a test that attacks it with raw SQL (tests/billing/test_ledger_attacks.py)."""

from django.db import migrations

# --- The ledger -------------------------------------------------------------------------------------------------------

# The top-level database transaction that created the row: entries may be added by that one only.
XID = """
ALTER TABLE billing_ledgertransaction ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
"""
DROP_XID = "ALTER TABLE billing_ledgertransaction DROP COLUMN xid;"

APPLY_ENTRY = """
CREATE FUNCTION billing_apply_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT xid FROM billing_ledgertransaction WHERE id = NEW.transaction_id)
     IS DISTINCT FROM pg_current_xact_id() THEN
    RAISE EXCEPTION 'entries are added only by the database transaction that created the ledger transaction'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- Takes the account's row lock, always; the check ledger_no_overdraft then sees the new balance.
  UPDATE billing_ledgeraccount
     SET balance = balance + CASE normal WHEN 'D' THEN NEW.amount ELSE -NEW.amount END
   WHERE id = NEW.account_id AND is_materialised;
  RETURN NULL;
END $$;
CREATE TRIGGER billing_apply_entry AFTER INSERT ON billing_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION billing_apply_entry();
"""
DROP_APPLY_ENTRY = """
DROP TRIGGER billing_apply_entry ON billing_ledgerentry;
DROP FUNCTION billing_apply_entry();
"""

# Deferred, so that legs may be inserted one by one; on both tables, so that an empty transaction is seen too.
CHECK_BALANCED = """
CREATE FUNCTION billing_check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked bigint;
  legs integer;
  currencies integer;
  total numeric;
BEGIN
  IF TG_TABLE_NAME = 'billing_ledgerentry' THEN checked := NEW.transaction_id; ELSE checked := NEW.id; END IF;
  SELECT count(*), count(DISTINCT account.currency), coalesce(sum(entry.amount), 0)
    INTO legs, currencies, total
    FROM billing_ledgerentry entry JOIN billing_ledgeraccount account ON account.id = entry.account_id
   WHERE entry.transaction_id = checked;
  IF legs < 2 THEN
    RAISE EXCEPTION 'ledger transaction % has % entries', checked, legs
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF currencies <> 1 THEN
    RAISE EXCEPTION 'ledger transaction % mixes currencies', checked
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF total <> 0 THEN
    RAISE EXCEPTION 'ledger transaction % does not balance', checked
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_check_balanced AFTER INSERT ON billing_ledgerentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_balanced();
CREATE CONSTRAINT TRIGGER billing_check_balanced AFTER INSERT ON billing_ledgertransaction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_balanced();
"""
DROP_CHECK_BALANCED = """
DROP TRIGGER billing_check_balanced ON billing_ledgertransaction;
DROP TRIGGER billing_check_balanced ON billing_ledgerentry;
DROP FUNCTION billing_check_balanced();
"""

REFUSE_CHANGE = """
CREATE FUNCTION billing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refused: % is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_append_only BEFORE UPDATE OR DELETE ON billing_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_append_only BEFORE UPDATE OR DELETE ON billing_ledgertransaction
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_append_only BEFORE UPDATE OR DELETE ON billing_settlement
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_deleted BEFORE DELETE ON billing_ledgeraccount
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_ledgerentry
  EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_ledgertransaction
  EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_ledgeraccount
  EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_settlement
  EXECUTE FUNCTION billing_refuse_change();
"""
DROP_REFUSE_CHANGE = """
DROP TRIGGER billing_never_emptied ON billing_settlement;
DROP TRIGGER billing_never_emptied ON billing_ledgeraccount;
DROP TRIGGER billing_never_emptied ON billing_ledgertransaction;
DROP TRIGGER billing_never_emptied ON billing_ledgerentry;
DROP TRIGGER billing_never_deleted ON billing_ledgeraccount;
DROP TRIGGER billing_append_only ON billing_settlement;
DROP TRIGGER billing_append_only ON billing_ledgertransaction;
DROP TRIGGER billing_append_only ON billing_ledgerentry;
DROP FUNCTION billing_refuse_change();
"""

# Depth 1 is this trigger itself: a balance that moves at depth 1 was written by a statement, not by an entry.
GUARD_ACCOUNT = """
CREATE FUNCTION billing_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.balance <> 0 THEN
      RAISE EXCEPTION 'an account opens at zero' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.balance <> OLD.balance AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'balances move only through entries' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.code, NEW.owner_id, NEW.reference, NEW.currency, NEW.normal, NEW.is_materialised, NEW.may_overdraw)
     IS DISTINCT FROM
     (OLD.id, OLD.code, OLD.owner_id, OLD.reference, OLD.currency, OLD.normal, OLD.is_materialised, OLD.may_overdraw)
  THEN
    RAISE EXCEPTION 'the identity of an account never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER billing_guard_account BEFORE INSERT OR UPDATE ON billing_ledgeraccount
  FOR EACH ROW EXECUTE FUNCTION billing_guard_account();
"""
DROP_GUARD_ACCOUNT = """
DROP TRIGGER billing_guard_account ON billing_ledgeraccount;
DROP FUNCTION billing_guard_account();
"""

LEDGER_DRIFT = """
CREATE VIEW ledger_drift AS
SELECT account.id, account.code, account.owner_id, account.reference, account.balance,
       coalesce(sum(CASE account.normal WHEN 'D' THEN entry.amount ELSE -entry.amount END), 0) AS summed
  FROM billing_ledgeraccount account LEFT JOIN billing_ledgerentry entry ON entry.account_id = account.id
 WHERE account.is_materialised
 GROUP BY account.id
HAVING account.balance <> coalesce(sum(CASE account.normal WHEN 'D' THEN entry.amount ELSE -entry.amount END), 0);
"""

# --- The invoice register ---------------------------------------------------------------------------------------------

# Only the columns of the rendering may change, and the bytes only from nothing to something.
GUARD_INVOICE = """
CREATE FUNCTION billing_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free text[] := ARRAY['pdf', 'pdf_sha256', 'rendered_at', 'attempts', 'next_render_at', 'last_error'];
BEGIN
  IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.pdf IS NOT NULL AND (NEW.pdf, NEW.pdf_sha256, NEW.rendered_at)
     IS DISTINCT FROM (OLD.pdf, OLD.pdf_sha256, OLD.rendered_at) THEN
    RAISE EXCEPTION 'a rendered invoice is never rendered again' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.pdf IS NULL) <> (NEW.rendered_at IS NULL) OR
     (NEW.pdf IS NOT NULL AND NEW.pdf_sha256 <> encode(sha256(NEW.pdf), 'hex')) THEN
    RAISE EXCEPTION 'the bytes of an invoice come with their date and digest'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER billing_guard_invoice BEFORE UPDATE ON billing_invoice
  FOR EACH ROW EXECUTE FUNCTION billing_guard_invoice();
CREATE TRIGGER billing_never_deleted BEFORE DELETE ON billing_invoice
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_invoice
  EXECUTE FUNCTION billing_refuse_change();
"""
DROP_GUARD_INVOICE = """
DROP TRIGGER billing_never_emptied ON billing_invoice;
DROP TRIGGER billing_never_deleted ON billing_invoice;
DROP TRIGGER billing_guard_invoice ON billing_invoice;
DROP FUNCTION billing_guard_invoice();
"""

# A series starts at zero and goes up by one; a number given is never given back.
GUARD_COUNTER = """
CREATE FUNCTION billing_guard_counter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.last_number <> 0
     OR TG_OP = 'UPDATE' AND (NEW.series <> OLD.series OR NEW.last_number NOT IN (OLD.last_number, OLD.last_number + 1))
  THEN
    RAISE EXCEPTION 'invoice numbers go up one by one' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER billing_guard_counter BEFORE INSERT OR UPDATE ON billing_invoicecounter
  FOR EACH ROW EXECUTE FUNCTION billing_guard_counter();
CREATE TRIGGER billing_never_deleted BEFORE DELETE ON billing_invoicecounter
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_never_emptied BEFORE TRUNCATE ON billing_invoicecounter
  EXECUTE FUNCTION billing_refuse_change();
"""
DROP_GUARD_COUNTER = """
DROP TRIGGER billing_never_emptied ON billing_invoicecounter;
DROP TRIGGER billing_never_deleted ON billing_invoicecounter;
DROP TRIGGER billing_guard_counter ON billing_invoicecounter;
DROP FUNCTION billing_guard_counter();
"""


class Migration(migrations.Migration):
    """Refuse in the database what the code must never do."""

    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(XID, DROP_XID),
        migrations.RunSQL(APPLY_ENTRY, DROP_APPLY_ENTRY),
        migrations.RunSQL(CHECK_BALANCED, DROP_CHECK_BALANCED),
        migrations.RunSQL(REFUSE_CHANGE, DROP_REFUSE_CHANGE),
        migrations.RunSQL(GUARD_ACCOUNT, DROP_GUARD_ACCOUNT),
        migrations.RunSQL(LEDGER_DRIFT, "DROP VIEW ledger_drift;"),
        migrations.RunSQL(GUARD_INVOICE, DROP_GUARD_INVOICE),
        migrations.RunSQL(GUARD_COUNTER, DROP_GUARD_COUNTER),
    ]
