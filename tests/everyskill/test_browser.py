"""The browser fixtures themselves: a real Chromium reaches the site, each window as its own person."""

import pytest

pytestmark = pytest.mark.browser


def test_each_window_is_its_own_person(open_page, ada, charlie):
    ada.is_superuser = True
    ada.save()
    assert "Site administration" in open_page("/admin/", as_user=ada).content()
    assert "logged in as charlie" in open_page("/accounts/login/", as_user=charlie).content()
    assert "Log out" not in open_page("/accounts/login/").content()
