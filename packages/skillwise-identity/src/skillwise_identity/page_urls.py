"""Paths of the pages that links in mails lead to, and of the back office's login.

The host includes them at its root, before the admin, whose own login they stand in for.
"""

from django.urls import path

from skillwise_identity.pages import ResetPasswordPage, VerifyEmailPage
from skillwise_identity.rest.views.back_office import log_in_to_back_office

urlpatterns = [
    path("admin/login/", log_in_to_back_office),
    path("verify-email", VerifyEmailPage.as_view(), name="identity-verify-email-page"),
    path("reset-password", ResetPasswordPage.as_view(), name="identity-reset-password-page"),
]
