"""Forms of the account pages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm

from accounts.models import ApiKey, User
from accounts.requests import address_of
from accounts.throttle import FROM_ANYWHERE, FROM_ONE_ADDRESS, RESET_MAILS
from everyskill.secret_refusal import refuse_secrets


class LoginForm(AuthenticationForm):
    """Django's form, which stops listening for a while after too many failures."""

    error_messages = {
        "invalid_login": "This name and password do not belong together. Both are case-sensitive.",
        "inactive": "This account is closed. An admin of your organisation can open it again.",
        "throttled": "Too many attempts. Wait fifteen minutes, or reset your password by e-mail.",
    }

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        address = address_of(self.request) if self.request else ""
        if FROM_ONE_ADDRESS.is_reached(name, address) or FROM_ANYWHERE.is_reached(name):
            raise forms.ValidationError(self.error_messages["throttled"], code="throttled")
        try:
            cleaned_data = super().clean()
        except forms.ValidationError:
            FROM_ONE_ADDRESS.count(name, address)
            FROM_ANYWHERE.count(name)
            raise
        if self.user_cache is not None:
            FROM_ONE_ADDRESS.clear(name, address)
        return cleaned_data


class ResetForm(PasswordResetForm):
    """Django's form, which fills nobody's mailbox: past the limit it answers the same and sends nothing."""

    def get_users(self, email: str) -> Iterable[User]:
        if RESET_MAILS.is_reached(email):
            return []
        RESET_MAILS.count(email)
        return super().get_users(email)


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]

    def clean(self) -> dict[str, Any]:
        for field in ("first_name", "last_name"):
            try:
                refuse_secrets(self.cleaned_data.get(field, ""))
            except forms.ValidationError as error:
                self.add_error(field, error)
        return self.cleaned_data


class KeyForm(forms.ModelForm):
    """A new key's name, which tells the person's working keys apart."""

    class Meta:
        model = ApiKey
        fields = ["name"]
        help_texts = {"name": "Where it will live: “laptop”, “build server”."}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        refuse_secrets(name)
        if self.user.api_keys.filter(name__iexact=name, revoked_at=None).exists():
            raise forms.ValidationError(
                "You already have a key of this name. Revoke that one first, or choose another name."
            )
        return name
