"""Whoever acts, as the rules about permission see them."""

from dataclasses import FrozenInstanceError

import pytest

from lms.access.actor import APPOINTMENTS, PUBLIC, SECOND_FACTOR, SYSTEM, Actor, Held, Role

HARBOUR, MILL = "ORG-0000-0000-0000-000A", "ORG-0000-0000-0000-000B"


def test_there_are_ten_roles_and_two_are_appointments_at_one_organisation() -> None:
    assert {str(role) for role in Role} == {
        "advocate",
        "tutor",
        "external_examiner",
        "registrar",
        "chair",
        "accreditor",
        "coordinator",
        "supervisor",
        "author",
        "admin",
    }
    assert {Role.COORDINATOR, Role.SUPERVISOR} == APPOINTMENTS


def test_everybody_but_advocates_proves_a_second_factor() -> None:
    assert set(Role) - SECOND_FACTOR == {Role.ADVOCATE}


def test_an_actor_holds_each_role_once_however_many_places_it_is_held_at() -> None:
    held = {Held(Role.COORDINATOR, HARBOUR), Held(Role.COORDINATOR, MILL), Held(Role.TUTOR)}
    actor = Actor(7, "USR-1", frozenset(held))
    assert actor.roles == {Role.COORDINATOR, Role.TUTOR}
    assert actor.places(Role.COORDINATOR) == {HARBOUR, MILL}
    assert actor.places(Role.SUPERVISOR) == frozenset()


def test_a_role_of_the_programme_is_held_at_no_place() -> None:
    actor = Actor(7, "USR-1", frozenset({Held(Role.COORDINATOR), Held(Role.TUTOR, "")}))
    assert actor.places(Role.COORDINATOR) == frozenset()
    assert actor.places(Role.TUTOR) == frozenset()


def test_the_public_and_the_system_are_nobody_in_particular() -> None:
    for nobody in (PUBLIC, SYSTEM):
        assert not nobody.is_person
        assert nobody.roles == frozenset()
    assert SYSTEM.is_system
    assert not PUBLIC.is_system
    assert Actor(7, "USR-1").is_person
    assert not Actor(7, "USR-1").is_system


def test_nobody_becomes_another_actor_on_the_way() -> None:
    with pytest.raises(FrozenInstanceError):
        PUBLIC.ref = "system"  # type: ignore[misc]
