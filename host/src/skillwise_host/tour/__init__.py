"""The four use cases of SkillWise, played over HTTP against a running stack for a reader."""

import httpx
from rich.console import Console

from skillwise_host.demonstration import ADMIN, INSTRUCTOR, PASSWORD
from skillwise_host.tour.administering import (
    figures_agree,
    log_in_as_seller,
    read_dashboard,
    settled_analytics,
)
from skillwise_host.tour.buying import STUDENTS_PASSWORD, buy, choose_a_course, log_in, register
from skillwise_host.tour.learning import learn_and_review
from skillwise_host.tour.teaching import teach_a_course, tidy_up
from skillwise_host.tour.traveller import Addresses, TourFailedError, Traveller

__all__ = ["Addresses", "TourFailedError", "run_tour"]


def run_tour(places: Addresses, console: Console) -> None:
    """Play all four use cases in order. Raises `TourFailedError` at the first step that fails."""
    with httpx.Client(base_url=places.api, timeout=30) as http:

        def traveller(who: str, colour: str) -> Traveller:
            return Traveller(who, colour, http, console)

        student, instructor, admin = (
            traveller("student", "cyan"),
            traveller("instructor", "magenta"),
            traveller("admin", "blue"),
        )

        seller = traveller("seller", "yellow")

        console.rule("The admin takes note of the figures before anything happens")
        log_in(admin, ADMIN.email, PASSWORD)
        analytics = settled_analytics(admin)

        console.rule("1. A guest registers, and buys a course")
        student.who = "guest"
        register(student, places)
        student.who = "student"
        log_in(student, student.facts["email"], STUDENTS_PASSWORD)
        course = choose_a_course(student)
        log_in_as_seller(seller, course)
        dashboard = read_dashboard(seller, course)
        buy(student, places, course)

        console.rule("2. An instructor creates and publishes a course")
        log_in(instructor, INSTRUCTOR.email, PASSWORD)
        teach_a_course(instructor, admin)

        console.rule("3. The student learns, and leaves a review")
        learn_and_review(student)

        console.rule("4. The admin and the instructor read the figures")
        figures_agree(admin, seller, student, analytics, dashboard)

        console.rule("Leaving it as it was")
        tidy_up(instructor)
        console.print("\n[bold green]All four use cases showed what they must.[/]")
