"""Triggers for what constraints cannot say: the order's state machine, tables that only grow, books that balance."""

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
        ('pending', 'canceled'), ('pending', 'expired'), ('pending', 'paid'),
        ('requires_action', 'pending'), ('requires_action', 'failed'), ('requires_action', 'held'),
        ('requires_action', 'canceled'), ('requires_action', 'expired'), ('requires_action', 'paid'),
        ('failed', 'pending'), ('failed', 'requires_action'), ('failed', 'held'),
        ('failed', 'canceled'), ('failed', 'expired'), ('failed', 'paid'),
        ('held', 'canceled'), ('held', 'paid'),
        ('canceled', 'paid'), ('expired', 'paid'),
        ('paid', 'partially_refunded'), ('paid', 'refunded'), ('paid', 'disputed'),
        ('partially_refunded', 'paid'), ('partially_refunded', 'refunded'), ('partially_refunded', 'disputed'),
        ('refunded', 'paid'), ('refunded', 'partially_refunded'), ('refunded', 'disputed'),
        ('disputed', 'paid'), ('disputed', 'partially_refunded'), ('disputed', 'refunded'),
        ('disputed', 'charged_back'),
        ('charged_back', 'paid'), ('charged_back', 'partially_refunded'), ('charged_back', 'refunded'),
        ('charged_back', 'disputed')
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
    UPDATE skillwise_commerce_couponredemption
        SET state = CASE WHEN NEW.status = 'paid' THEN 'used' ELSE 'released' END
        WHERE order_id = NEW.id AND state = 'held' AND NEW.status IN ('paid', 'canceled', 'expired');
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
CREATE TRIGGER refund_frozen BEFORE UPDATE OR DELETE ON skillwise_commerce_refund FOR EACH ROW
    EXECUTE FUNCTION skillwise_commerce_frozen(
        'status', 'provider_refund_id', 'attempt', 'failure_code', 'updated_at', 'succeeded_at');
CREATE TRIGGER payout_frozen BEFORE UPDATE OR DELETE ON skillwise_commerce_payout FOR EACH ROW
    EXECUTE FUNCTION skillwise_commerce_frozen(
        'status', 'provider_transfer_id', 'attempt', 'failure_code', 'updated_at', 'paid_at');
CREATE TRIGGER entitlement_frozen BEFORE UPDATE OR DELETE ON skillwise_commerce_entitlement FOR EACH ROW
    EXECUTE FUNCTION skillwise_commerce_frozen('suspended_at', 'ended_at', 'end_cause', 'seen_percent');
CREATE TRIGGER gift_frozen BEFORE UPDATE OR DELETE ON skillwise_commerce_gift FOR EACH ROW
    EXECUTE FUNCTION skillwise_commerce_frozen('claimed_at', 'claimed_by', 'canceled_at', 'recipient_id');
"""

# The coupon's row lock, which counting takes, makes its orders wait for each other: neither limit can be passed.
COUPONS = """
CREATE FUNCTION skillwise_commerce_count_redemption() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    limit_of_person integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE skillwise_commerce_coupon SET uses = uses + 1 WHERE id = NEW.coupon_id
            RETURNING max_uses_per_person INTO limit_of_person;
        IF limit_of_person IS NOT NULL AND limit_of_person <= (
            SELECT count(*) FROM skillwise_commerce_couponredemption
            WHERE coupon_id = NEW.coupon_id AND buyer_id = NEW.buyer_id AND state <> 'released'
        ) THEN
            RAISE EXCEPTION 'this person has used coupon % as often as they may', NEW.coupon_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_coupon_uses_of_person';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'held' AND NEW.state IN ('used', 'released')
        AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
    THEN
        IF NEW.state = 'released' THEN
            UPDATE skillwise_commerce_coupon SET uses = uses - 1 WHERE id = NEW.coupon_id;
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the use of a coupon cannot be changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'coupon_redemption_counted';
END $$;

CREATE TRIGGER coupon_redemption_counted BEFORE INSERT OR UPDATE OR DELETE
    ON skillwise_commerce_couponredemption
    FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_count_redemption();

CREATE FUNCTION skillwise_commerce_guard_coupon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM skillwise_commerce_couponredemption WHERE coupon_id = OLD.id) THEN
            RAISE EXCEPTION 'coupon % was used: end it', OLD.code
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'coupon_guarded';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.uses <> OLD.uses AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the uses of a coupon are counted, not written'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'coupon_guarded';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER coupon_guarded BEFORE UPDATE OR DELETE ON skillwise_commerce_coupon
    FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_guard_coupon();
"""

# The order's row lock makes its refunds wait for each other.
REFUNDS_WITHIN_PAID = """
CREATE FUNCTION skillwise_commerce_refund_within_paid() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid bigint;
    back bigint;
BEGIN
    PERFORM FROM skillwise_commerce_order WHERE id = (
        SELECT order_id FROM skillwise_commerce_orderline WHERE id = NEW.line_id
    ) AND id = (SELECT order_id FROM skillwise_commerce_refund WHERE id = NEW.refund_id)
        AND paid_at IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'line % is not of a paid order that refund % is for', NEW.line_id, NEW.refund_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_paid';
    END IF;
    SELECT total_amount INTO paid FROM skillwise_commerce_orderline WHERE id = NEW.line_id;
    SELECT coalesce(sum(part.amount), 0) INTO back FROM skillwise_commerce_refundline part
        JOIN skillwise_commerce_refund refund ON refund.id = part.refund_id
        WHERE part.line_id = NEW.line_id AND refund.status IN ('pending', 'succeeded');
    IF back + NEW.amount > paid THEN
        RAISE EXCEPTION 'of line %, % of % are given back: not % more', NEW.line_id, back, paid, NEW.amount
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_paid';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refund_within_paid BEFORE INSERT ON skillwise_commerce_refundline
    FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_refund_within_paid();

CREATE FUNCTION skillwise_commerce_refund_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (
        ('pending', 'succeeded'), ('pending', 'failed'), ('pending', 'canceled'), ('succeeded', 'failed')
    ) THEN
        RAISE EXCEPTION 'a refund cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_refund_moves';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refund_moves BEFORE UPDATE OF status ON skillwise_commerce_refund
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION skillwise_commerce_refund_moves();
"""

PAYOUT_MOVES = """
CREATE FUNCTION skillwise_commerce_payout_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (('pending', 'paid'), ('pending', 'failed'), ('paid', 'reversed')) THEN
        RAISE EXCEPTION 'a payout cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_payout_moves';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payout_moves BEFORE UPDATE OF status ON skillwise_commerce_payout
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION skillwise_commerce_payout_moves();
"""

CLAIMED_ONCE = """
CREATE FUNCTION skillwise_commerce_gift_claimed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'gift % is claimed or canceled already', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'gift_claimed_once';
END $$;

CREATE TRIGGER gift_claimed_once BEFORE UPDATE OF claimed_by, claimed_at, canceled_at
    ON skillwise_commerce_gift FOR EACH ROW
    WHEN (OLD.claimed_at IS NOT NULL AND NEW.claimed_by IS DISTINCT FROM OLD.claimed_by
        OR OLD.canceled_at IS NOT NULL AND NEW.claimed_by IS NOT NULL)
    EXECUTE FUNCTION skillwise_commerce_gift_claimed_once();
"""

SHARES_WITHIN_WHOLE = """
CREATE FUNCTION skillwise_commerce_seller_shares() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('commerce.seller_shares:' || NEW.course_id, 0));
    IF (SELECT sum(percent) FROM skillwise_commerce_sellershare WHERE course_id = NEW.course_id) > 100 THEN
        RAISE EXCEPTION 'the shares of course % exceed its price', NEW.course_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'seller_shares_within_whole';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER seller_shares_within_whole AFTER INSERT OR UPDATE
    ON skillwise_commerce_sellershare DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_seller_shares();
"""

APPEND_ONLY_TABLES = (
    "giftintent",
    "ordertransition",
    "orderlineshare",
    "payment",
    "refundline",
    "refundlineshare",
    "ledgertransaction",
    "ledgerentry",
    "earning",
    "invoice",
)
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

# Whoever books holds the lock in common until the transaction ends. Whoever takes it alone (services/ledger_snapshots.py)
# knows that no entry with a position given out before is still under way. 7301 is commerce's, for this.
LEDGER_POSITIONED = """
CREATE SEQUENCE skillwise_commerce_ledger_position;

CREATE FUNCTION skillwise_commerce_ledger_positioned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7301, 1);
    NEW.position := nextval('skillwise_commerce_ledger_position');
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_positioned BEFORE INSERT ON skillwise_commerce_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION skillwise_commerce_ledger_positioned();
"""

# Snapshots say all of the past or nothing: the next adds to them what came after the greatest horizon. So whoever deletes
# one deletes all, and never while one is being taken.
SNAPSHOTS_WHOLE = """
CREATE FUNCTION skillwise_commerce_ledger_snapshots_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_WHEN = 'BEFORE' THEN
        PERFORM pg_advisory_xact_lock(7301, 2);
    ELSIF EXISTS (SELECT FROM skillwise_commerce_ledgersnapshot) THEN
        DELETE FROM skillwise_commerce_ledgersnapshot;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_snapshots_waited_for BEFORE DELETE ON skillwise_commerce_ledgersnapshot
    FOR EACH STATEMENT EXECUTE FUNCTION skillwise_commerce_ledger_snapshots_whole();
CREATE TRIGGER ledger_snapshots_whole AFTER DELETE ON skillwise_commerce_ledgersnapshot
    FOR EACH STATEMENT EXECUTE FUNCTION skillwise_commerce_ledger_snapshots_whole();
"""

GUARDS = (
    ORDER_MOVES
    + FROZEN
    + COUPONS
    + REFUNDS_WITHIN_PAID
    + PAYOUT_MOVES
    + CLAIMED_ONCE
    + SHARES_WITHIN_WHOLE
    + APPEND_ONLY
    + LEDGER_BALANCED
    + LEDGER_POSITIONED
    + SNAPSHOTS_WHOLE
)

REVERSE = f"""
DROP TRIGGER ledger_snapshots_whole ON skillwise_commerce_ledgersnapshot;
DROP TRIGGER ledger_snapshots_waited_for ON skillwise_commerce_ledgersnapshot;
DROP FUNCTION skillwise_commerce_ledger_snapshots_whole();
DROP TRIGGER ledger_positioned ON skillwise_commerce_ledgerentry;
DROP FUNCTION skillwise_commerce_ledger_positioned();
DROP SEQUENCE skillwise_commerce_ledger_position;
DROP TRIGGER seller_shares_within_whole ON skillwise_commerce_sellershare;
DROP FUNCTION skillwise_commerce_seller_shares();
DROP TRIGGER gift_claimed_once ON skillwise_commerce_gift;
DROP FUNCTION skillwise_commerce_gift_claimed_once();
DROP TRIGGER payout_moves ON skillwise_commerce_payout;
DROP FUNCTION skillwise_commerce_payout_moves();
DROP TRIGGER refund_moves ON skillwise_commerce_refund;
DROP FUNCTION skillwise_commerce_refund_moves();
DROP TRIGGER refund_within_paid ON skillwise_commerce_refundline;
DROP FUNCTION skillwise_commerce_refund_within_paid();
DROP TRIGGER coupon_guarded ON skillwise_commerce_coupon;
DROP FUNCTION skillwise_commerce_guard_coupon();
DROP TRIGGER coupon_redemption_counted ON skillwise_commerce_couponredemption;
DROP FUNCTION skillwise_commerce_count_redemption();
DROP TRIGGER ledger_not_empty ON skillwise_commerce_ledgertransaction;
DROP TRIGGER ledger_balanced ON skillwise_commerce_ledgerentry;
DROP FUNCTION skillwise_commerce_ledger_balanced();
{"".join(
    f'''DROP TRIGGER {table}_never_emptied ON skillwise_commerce_{table};
DROP TRIGGER {table}_append_only ON skillwise_commerce_{table};
'''
    for table in APPEND_ONLY_TABLES
)}
DROP TRIGGER gift_frozen ON skillwise_commerce_gift;
DROP TRIGGER entitlement_frozen ON skillwise_commerce_entitlement;
DROP TRIGGER payout_frozen ON skillwise_commerce_payout;
DROP TRIGGER refund_frozen ON skillwise_commerce_refund;
DROP TRIGGER order_line_frozen ON skillwise_commerce_orderline;
DROP TRIGGER order_frozen ON skillwise_commerce_order;
DROP FUNCTION skillwise_commerce_frozen();
DROP TRIGGER order_moved ON skillwise_commerce_order;
DROP FUNCTION skillwise_commerce_order_lines_follow();
DROP TRIGGER order_moves ON skillwise_commerce_order;
DROP TRIGGER order_begins ON skillwise_commerce_order;
DROP FUNCTION skillwise_commerce_order_status();
"""
