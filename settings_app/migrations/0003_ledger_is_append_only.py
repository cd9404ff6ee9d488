"""Triggers by which the database itself refuses to change, delete or truncate the ledger.

ENABLE ALWAYS: they fire for every role and also under `session_replication_role = replica`. Who owns the tables can
still take them away; `verify_consent` shows what was changed then.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION consent_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The consent ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION consent_chain_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.length <> OLD.length + 1 THEN
        RAISE EXCEPTION 'A consent chain grows by one row at a time.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER consent_record_never_changes BEFORE UPDATE OR DELETE ON settings_app_consentrecord
    FOR EACH STATEMENT EXECUTE FUNCTION consent_ledger_refuse();
CREATE TRIGGER consent_record_never_truncated BEFORE TRUNCATE ON settings_app_consentrecord
    FOR EACH STATEMENT EXECUTE FUNCTION consent_ledger_refuse();
CREATE TRIGGER consent_chain_never_deleted BEFORE DELETE ON settings_app_consentchain
    FOR EACH STATEMENT EXECUTE FUNCTION consent_ledger_refuse();
CREATE TRIGGER consent_chain_never_truncated BEFORE TRUNCATE ON settings_app_consentchain
    FOR EACH STATEMENT EXECUTE FUNCTION consent_ledger_refuse();
CREATE TRIGGER consent_chain_grows BEFORE UPDATE ON settings_app_consentchain
    FOR EACH ROW EXECUTE FUNCTION consent_chain_grows();

ALTER TABLE settings_app_consentrecord ENABLE ALWAYS TRIGGER consent_record_never_changes;
ALTER TABLE settings_app_consentrecord ENABLE ALWAYS TRIGGER consent_record_never_truncated;
ALTER TABLE settings_app_consentchain ENABLE ALWAYS TRIGGER consent_chain_never_deleted;
ALTER TABLE settings_app_consentchain ENABLE ALWAYS TRIGGER consent_chain_never_truncated;
ALTER TABLE settings_app_consentchain ENABLE ALWAYS TRIGGER consent_chain_grows;
"""

DROP = """
DROP TRIGGER consent_record_never_changes ON settings_app_consentrecord;
DROP TRIGGER consent_record_never_truncated ON settings_app_consentrecord;
DROP TRIGGER consent_chain_never_deleted ON settings_app_consentchain;
DROP TRIGGER consent_chain_never_truncated ON settings_app_consentchain;
DROP TRIGGER consent_chain_grows ON settings_app_consentchain;
DROP FUNCTION consent_ledger_refuse();
DROP FUNCTION consent_chain_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("settings_app", "0002_consent_ledger")]

    operations = [migrations.RunSQL(CREATE, reverse_sql=DROP)]
