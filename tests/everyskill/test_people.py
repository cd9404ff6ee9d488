"""The fixtures tell the story that the tests rely on: who shares a tenant with whom."""


def test_the_people_are_who_the_tests_say(alice, bob, ada, charlie):
    assert alice.tenant == bob.tenant == ada.tenant
    assert charlie.tenant != alice.tenant
    assert ada.is_tenant_admin
    assert not any(person.is_staff or person.is_superuser for person in (alice, bob, charlie))


def test_a_browser_is_signed_in_as_its_person_alone(alice, bob, login):
    assert login(alice).session["_auth_user_id"] == str(alice.pk)
    assert login(bob).session["_auth_user_id"] == str(bob.pk)
