"""The database's own refusal of other writers: triggers on both engines, and grants on PostgreSQL."""

from __future__ import annotations

SQLITE = [
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON ledger_event
       BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON ledger_event
       BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    """CREATE TRIGGER record_insert_with_event BEFORE INSERT ON ledger_record
       WHEN NOT EXISTS (SELECT 1 FROM ledger_event
                        WHERE record_id = NEW.id AND version = NEW.version AND hash = NEW.head)
       BEGIN SELECT RAISE(ABORT, 'a record needs its event'); END""",
    """CREATE TRIGGER record_update_with_event BEFORE UPDATE ON ledger_record
       WHEN NEW.version <= OLD.version OR NOT EXISTS (
           SELECT 1 FROM ledger_event WHERE record_id = NEW.id AND version = NEW.version AND hash = NEW.head)
       BEGIN SELECT RAISE(ABORT, 'a record changes only with a new event'); END""",
    """CREATE TRIGGER record_no_delete BEFORE DELETE ON ledger_record
       BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END""",
    """CREATE TRIGGER seal_no_update BEFORE UPDATE ON ledger_seal
       BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
    """CREATE TRIGGER seal_no_delete BEFORE DELETE ON ledger_seal
       BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
]

POSTGRESQL = [
    """CREATE FUNCTION zhuanban_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'events, records and seals are append-only'; END $$""",
    """CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_event
       FOR EACH STATEMENT EXECUTE FUNCTION zhuanban_append_only()""",
    """CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
       FOR EACH STATEMENT EXECUTE FUNCTION zhuanban_append_only()""",
    """CREATE TRIGGER record_no_delete BEFORE DELETE OR TRUNCATE ON ledger_record
       FOR EACH STATEMENT EXECUTE FUNCTION zhuanban_append_only()""",
    """CREATE FUNCTION zhuanban_record_event() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' AND NEW.version <= OLD.version THEN
           RAISE EXCEPTION 'a record changes only with a new event';
         END IF;
         IF NOT EXISTS (SELECT 1 FROM ledger_event
                        WHERE record_id = NEW.id AND version = NEW.version AND hash = NEW.head) THEN
           RAISE EXCEPTION 'a record needs its event';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER record_with_event BEFORE INSERT OR UPDATE ON ledger_record
       FOR EACH ROW EXECUTE FUNCTION zhuanban_record_event()""",
    # The owner's own rights go too: the running program cannot rewrite history even by mistake.
    "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_event, ledger_seal FROM PUBLIC, CURRENT_USER",
]
