"""The two pages behind the links in mails, for when no app takes them.

Opening one changes nothing: mail scanners open links.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_identity.errors import WeakPasswordError
from skillwise_identity.services import passwords, verification

__all__ = ["ResetPasswordPage", "VerifyEmailPage"]

_SECURITY_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


@method_decorator([never_cache, csrf_protect], name="dispatch")
class Page(View):
    """A page whose address holds a secret: not kept, not framed, and not told to other sites."""

    http_method_names = ["get", "head", "post"]

    def show(self, template: str, *, title: str, status: int = 200, **values: Any) -> HttpResponse:
        response = render(
            self.request,
            f"skillwise_identity/pages/{template}.html",
            {"title": title, **values},
            status=status,
        )
        response["Content-Security-Policy"] = _SECURITY_POLICY
        response["Referrer-Policy"] = "same-origin"
        return response

    def refuse(self, error: SkillWiseError) -> HttpResponse:
        return self.show("message", title="This did not work", message=str(error), status=error.status)


class VerifyEmailPage(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            "verify_email", title="Verify your e-mail address", token=request.GET.get("token", "")
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            verification.verify_email(token=request.POST.get("token", ""), now=now())
        except SkillWiseError as error:
            return self.refuse(error)
        return self.show(
            "message", title="Thank you", message="Your address is verified. You can go on in the app."
        )


class ResetPasswordPage(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        token = request.GET.get("token", "")
        try:
            passwords.check_reset_token(token=token, now=now())
        except SkillWiseError as error:
            return self.refuse(error)
        return self.form(token)

    def post(self, request: HttpRequest) -> HttpResponse:
        token = request.POST.get("token", "")
        password = request.POST.get("password", "")
        try:
            passwords.reset_password(token=token, password=password, now=now())
        except WeakPasswordError as error:
            return self.form(token, problems=[field.detail for field in error.fields], status=error.status)
        except SkillWiseError as error:
            return self.refuse(error)
        return self.show(
            "message", title="Done", message="Your new password is set. Log in with it in the app."
        )

    def form(self, token: str, *, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        return self.show(
            "reset_password",
            title="Choose a new password",
            token=token,
            problems=problems or [],
            max_length=passwords.MAX_PASSWORD_LENGTH,
            status=status,
        )
