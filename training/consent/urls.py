"""/settings/: a person's preferences and consent, and the pages of a tenant's administrators."""

from django.urls import path

from training.consent import tenant_views, views

app_name = "settings"

urlpatterns = [
    path("preferences/", views.preferences_edit, name="preferences-edit"),
    path("consent/give/", views.consent_give, name="consent-give"),
    path("consent/withdraw/", views.consent_withdraw, name="consent-withdraw"),
    path("consent/receipts/<uuid:record_id>/", views.consent_receipt, name="consent-receipt"),
    path("consent/captured.json", views.captured_download, name="captured-download"),
    path("consent/receipt.json", views.ledger_download, name="ledger-download"),
    path("capture/", tenant_views.capture_edit, name="capture-edit"),
    path("assurance/", tenant_views.assurance, name="assurance"),
    path("assurance/verify/", tenant_views.assurance_verify, name="assurance-verify"),
]
