"""Triggers by which a consent or a switch can only ever say what the newest ledger row says.

A constraint cannot look into another table. Without these, saving a row that was read before a withdrawal would
write the old consent back.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION consent_follows_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest record;
BEGIN
    IF TG_OP = 'INSERT' AND NOT NEW.training_data_consent THEN
        RETURN NEW;
    END IF;
    SELECT id, decision INTO newest FROM settings_app_consentrecord
     WHERE subject_id = NEW.user_id ORDER BY recorded_at DESC, sequence DESC LIMIT 1;
    IF NEW.consent_record_id IS DISTINCT FROM newest.id
       OR NEW.training_data_consent IS DISTINCT FROM (newest.decision = 'consent_given') THEN
        RAISE EXCEPTION 'A consent follows the newest ledger row of its person.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION capture_follows_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest record;
BEGIN
    IF TG_OP = 'INSERT' AND NOT NEW.training_data_capture_enabled THEN
        RETURN NEW;
    END IF;
    SELECT id, decision INTO newest FROM settings_app_consentrecord
     WHERE tenant_id = NEW.tenant_id AND decision IN ('capture_on', 'capture_off')
     ORDER BY sequence DESC LIMIT 1;
    IF NEW.capture_record_id IS DISTINCT FROM newest.id
       OR NEW.training_data_capture_enabled IS DISTINCT FROM (newest.decision = 'capture_on') THEN
        RAISE EXCEPTION 'A capture switch follows the newest ledger row of its tenant.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER consent_follows_ledger_new BEFORE INSERT ON settings_app_userpreferences
    FOR EACH ROW EXECUTE FUNCTION consent_follows_ledger();
CREATE TRIGGER consent_follows_ledger BEFORE UPDATE ON settings_app_userpreferences
    FOR EACH ROW WHEN (
        (OLD.user_id, OLD.training_data_consent, OLD.consent_record_id)
        IS DISTINCT FROM (NEW.user_id, NEW.training_data_consent, NEW.consent_record_id)
    ) EXECUTE FUNCTION consent_follows_ledger();
CREATE TRIGGER capture_follows_ledger_new BEFORE INSERT ON settings_app_sitesettings
    FOR EACH ROW EXECUTE FUNCTION capture_follows_ledger();
CREATE TRIGGER capture_follows_ledger BEFORE UPDATE ON settings_app_sitesettings
    FOR EACH ROW WHEN (
        (OLD.tenant_id, OLD.training_data_capture_enabled, OLD.capture_record_id)
        IS DISTINCT FROM (NEW.tenant_id, NEW.training_data_capture_enabled, NEW.capture_record_id)
    ) EXECUTE FUNCTION capture_follows_ledger();
"""

DROP = """
DROP TRIGGER consent_follows_ledger_new ON settings_app_userpreferences;
DROP TRIGGER consent_follows_ledger ON settings_app_userpreferences;
DROP TRIGGER capture_follows_ledger_new ON settings_app_sitesettings;
DROP TRIGGER capture_follows_ledger ON settings_app_sitesettings;
DROP FUNCTION consent_follows_ledger();
DROP FUNCTION capture_follows_ledger();
"""


class Migration(migrations.Migration):
    dependencies = [("settings_app", "0003_ledger_is_append_only")]

    operations = [migrations.RunSQL(CREATE, reverse_sql=DROP)]
