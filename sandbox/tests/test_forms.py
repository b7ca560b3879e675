"""Bracket nesting in form-encoded texts."""

import pytest
from skillwise_sandbox.stripe.errors import StripeError
from skillwise_sandbox.stripe.forms import decode


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        ("m[a]=1&m[b]=x+y%26", {"m": {"a": "1", "b": "x y&"}}),
        ("e[]=a&e[]=b", {"e": ["a", "b"]}),
        ("e[1]=b&e[0]=a", {"e": ["a", "b"]}),
        ("l[0][k]=a&l[1][k]=b", {"l": [{"k": "a"}, {"k": "b"}]}),
        ("a[b][c]=d", {"a": {"b": {"c": "d"}}}),
        ("m[%D0%B6]=%C5%BC", {"m": {"ж": "ż"}}),
        ("m[" + "9" * 5000 + "]=x", {"m": {"9" * 5000: "x"}}),
    ],
)
def test_brackets_become_nested_values(text, tree):
    assert decode(text) == tree


@pytest.mark.parametrize(
    "text", ["a[=1", "a]=1", "a[b]c=1", "[a]=1", "a=1&a[b]=2", "a[b]=1&a=2", "=1", "a" + "[b]" * 5000]
)
def test_brackets_that_do_not_match_are_refused(text):
    with pytest.raises(StripeError):
        decode(text)
