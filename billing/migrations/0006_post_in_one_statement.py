from django.db import migrations

# The row of an account, opened when it is missing. Who opens several names them in one order, always the same.
ACCOUNT = """
CREATE FUNCTION billing_account(
  a_code text, an_owner bigint, a_reference text, a_currency text, a_normal text, is_shared boolean
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  account bigint;
BEGIN
  LOOP
    IF an_owner IS NULL THEN
      SELECT id INTO account FROM billing_ledgeraccount
       WHERE code = a_code AND owner_id IS NULL AND reference = a_reference AND currency = a_currency;
    ELSE
      SELECT id INTO account FROM billing_ledgeraccount
       WHERE code = a_code AND owner_id = an_owner AND reference = a_reference AND currency = a_currency;
    END IF;
    EXIT WHEN account IS NOT NULL;
    INSERT INTO billing_ledgeraccount
      (code, owner_id, reference, currency, normal, is_materialised, may_overdraw, balance)
    VALUES (a_code, an_owner, a_reference, a_currency, a_normal, NOT is_shared, is_shared, 0)
    ON CONFLICT DO NOTHING RETURNING id INTO account;
    EXIT WHEN account IS NOT NULL;
  END LOOP;
  RETURN account;
END $$;
"""

# Nobody else can move the account until the end of the transaction.
LOCK = """
CREATE FUNCTION billing_lock_account(
  a_code text, an_owner bigint, a_reference text, a_currency text, a_normal text, is_shared boolean,
  OUT account bigint, OUT kept bigint
) LANGUAGE plpgsql AS $$
BEGIN
  account := billing_account(a_code, an_owner, a_reference, a_currency, a_normal, is_shared);
  SELECT balance INTO kept FROM billing_ledgeraccount WHERE id = account FOR UPDATE;
END $$;
"""

# What `billing.ledger.post` does, in one statement: the database is asked once, it keeps the plans, and an overdraft
# it refuses leaves the transaction of the caller usable.
POST = """
CREATE FUNCTION billing_post(
  a_key text, a_kind text, a_reference text, at timestamptz, legs jsonb,
  OUT written bigint, OUT written_at timestamptz, OUT is_overdraft boolean
) LANGUAGE plpgsql AS $$
DECLARE
  leg record;
  accounts bigint[] := '{}';
  amounts bigint[] := '{}';
  violated text;
BEGIN
  is_overdraft := false;
  INSERT INTO billing_ledgertransaction (key, kind, reference, occurred_at, created_at)
  VALUES (a_key, a_kind, a_reference, at, clock_timestamp())
  ON CONFLICT (key) DO NOTHING RETURNING id, created_at INTO written, written_at;
  IF written IS NULL THEN
    RETURN;
  END IF;
  FOR leg IN
    SELECT * FROM jsonb_to_recordset(legs) AS leg (
      code text, owner bigint, reference text, currency text, normal text, is_shared boolean, amount bigint)
  LOOP
    accounts := accounts
      || billing_account(leg.code, leg.owner, leg.reference, leg.currency, leg.normal, leg.is_shared);
    amounts := amounts || leg.amount;
  END LOOP;
  -- One order of accounts for everybody: the triggers lock them as the rows come, so nobody waits in a circle.
  INSERT INTO billing_ledgerentry (transaction_id, account_id, amount)
  SELECT written, entry.account, entry.amount FROM unnest(accounts, amounts) AS entry (account, amount)
   ORDER BY entry.account;
EXCEPTION WHEN check_violation THEN
  GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
  IF violated <> 'ledger_no_overdraft' THEN
    RAISE;
  END IF;
  written := NULL;
  written_at := NULL;
  is_overdraft := true;
END $$;
"""
DROP = "DROP FUNCTION {};"


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_staff_permissions")]

    operations = [
        migrations.RunSQL(ACCOUNT, DROP.format("billing_account")),
        migrations.RunSQL(LOCK, DROP.format("billing_lock_account")),
        migrations.RunSQL(POST, DROP.format("billing_post")),
    ]
