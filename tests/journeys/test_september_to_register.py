"""The whole way, in a browser against a real server: from an empty installation to a check.

Everything is made through pages: no factory, no demonstration data.
"""

from playwright.sync_api import Browser

from tests.journeys import (
    learning_and_handing_in as learning,
    marking_and_board as marking,
    register_and_trail as register,
    setting_up,
)
from tests.journeys.cast import Cast
from tests.journeys.expected import EXPECTED
from tests.journeys.house import House


def test_from_an_empty_installation_to_an_employers_check(
    house: House, book: str, chrome: Browser
) -> None:
    cast, expected = Cast(house, chrome), EXPECTED[book]

    setting_up.the_first_four_come_in(cast)
    setting_up.staff_are_invited(cast)
    setting_up.a_registrars_role_takes_two(cast)
    setting_up.organisations_are_approved(cast)
    setting_up.rules_and_content_are_published(cast, book)
    setting_up.two_intakes_stand_side_by_side(cast)
    setting_up.advocates_take_their_places(cast)

    learning.amina_reads_on_her_phone(cast)
    learning.work_is_set(cast)
    learning.amina_hands_in_and_replaces(cast)
    learning.bryn_is_late(cast)
    learning.dara_is_refused(cast, expected.late_paragraph)

    marking.both_tutors_mark(cast)
    marking.they_reconcile(cast)
    marking.marks_are_released(cast, expected.marks)
    marking.the_board_meets(cast, expected.working)
    marking.everybody_reads_what_was_decided(cast)

    register.two_accreditors_decide(cast)
    register.an_employer_checks(cast)
    register.amina_sees_who_looked(cast)
    register.the_trail_holds_it_all(cast)
