"""Triggers for what constraints cannot say: the order's state machine, tables that only grow, books that balance."""

from django.db import migrations

ORDER_MOVES = """
CREATE FUNCTION skillwise_commerce_order_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'pending' THEN
            RAISE EXCEPTION 'an order begins as pending, not as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_moves';
        END IF;
    ELSIF NOT (OLD.status, NEW.status) IN (
        ('pending', 'requires_action'), ('pending', 'failed'), ('pending', 'held'),
        ('pending', 'canceled'), ('pending', 'paid'),
        ('requires_action', 'pending'), ('requires_action', 'failed'), ('requires_action', 'held'),
        ('requires_action', 'canceled'), ('requires_action', 'paid'),
        ('failed', 'pending'), ('failed', 'requires_action'), ('failed', 'held'),
        ('failed', 'canceled'), ('failed', 'paid'),
        ('held', 'canceled'), ('held', 'paid'),
        ('canceled', 'paid')
    ) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_moves';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER order_begins BEFORE INSERT ON skillwise_commerce_order
    FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_order_status();
CREATE TRIGGER order_moves BEFORE UPDATE OF status ON skillwise_commerce_order
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION skillwise_commerce_order_status();

CREATE FUNCTION skillwise_commerce_order_lines_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE skillwise_commerce_orderline
        SET is_open = NEW.status IN ('pending', 'requires_action', 'failed', 'held')
        WHERE order_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER order_moved AFTER UPDATE OF status ON skillwise_commerce_order
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION skillwise_commerce_order_lines_follow();
"""

# The arguments of the trigger are the columns that may change; without any, no row does.
FROZEN = """
CREATE FUNCTION skillwise_commerce_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_NARGS > 0 AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% refuses % of what is written once', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER order_frozen BEFORE UPDATE OR DELETE ON skillwise_commerce_order FOR EACH ROW
    EXECUTE FUNCTION skillwise_commerce_frozen(
        'status', 'provider_payment_id', 'provider_attempt', 'failure_code', 'updated_at', 'paid_at');
CREATE TRIGGER order_line_frozen BEFORE UPDATE OR DELETE ON skillwise_commerce_orderline FOR EACH ROW
    EXECUTE FUNCTION skillwise_commerce_frozen('is_open');
"""

APPEND_ONLY_TABLES = ("ordertransition", "payment", "ledgertransaction", "ledgerentry", "invoice")
APPEND_ONLY = "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON skillwise_commerce_{table}
    FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_frozen();
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON skillwise_commerce_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION skillwise_commerce_frozen();
"""
    for table in APPEND_ONLY_TABLES
)

# Checked at commit: entries are written one by one. A transaction without entries is none.
LEDGER_BALANCED = """
CREATE FUNCTION skillwise_commerce_ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject uuid := CASE TG_TABLE_NAME WHEN 'skillwise_commerce_ledgerentry'
        THEN (to_jsonb(NEW) ->> 'transaction_id')::uuid ELSE NEW.id END;
    unbalanced text;
BEGIN
    IF NOT EXISTS (SELECT FROM skillwise_commerce_ledgerentry WHERE transaction_id = subject) THEN
        RAISE EXCEPTION 'ledger transaction % has no entries', subject
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    SELECT string_agg(amount_currency || ' ' || total, ', ') INTO unbalanced FROM (
        SELECT amount_currency, sum(amount_amount) AS total FROM skillwise_commerce_ledgerentry
        WHERE transaction_id = subject GROUP BY amount_currency HAVING sum(amount_amount) <> 0
    ) AS sums;
    IF unbalanced IS NOT NULL THEN
        RAISE EXCEPTION 'ledger transaction % is out of balance by %', subject, unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON skillwise_commerce_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_ledger_balanced();
CREATE CONSTRAINT TRIGGER ledger_not_empty AFTER INSERT ON skillwise_commerce_ledgertransaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_ledger_balanced();
"""

REVERSE = f"""
DROP TRIGGER ledger_not_empty ON skillwise_commerce_ledgertransaction;
DROP TRIGGER ledger_balanced ON skillwise_commerce_ledgerentry;
DROP FUNCTION skillwise_commerce_ledger_balanced();
{"".join(
    f'''DROP TRIGGER {table}_never_emptied ON skillwise_commerce_{table};
DROP TRIGGER {table}_append_only ON skillwise_commerce_{table};
'''
    for table in APPEND_ONLY_TABLES
)}
DROP TRIGGER order_line_frozen ON skillwise_commerce_orderline;
DROP TRIGGER order_frozen ON skillwise_commerce_order;
DROP FUNCTION skillwise_commerce_frozen();
DROP TRIGGER order_moved ON skillwise_commerce_order;
DROP FUNCTION skillwise_commerce_order_lines_follow();
DROP TRIGGER order_moves ON skillwise_commerce_order;
DROP TRIGGER order_begins ON skillwise_commerce_order;
DROP FUNCTION skillwise_commerce_order_status();
"""


class Migration(migrations.Migration):
    dependencies = [("skillwise_commerce", "0001_initial")]

    operations = [
        migrations.RunSQL(ORDER_MOVES + FROZEN + APPEND_ONLY + LEDGER_BALANCED, REVERSE),
    ]
