"""Identity's paths, relative to `/api/v1/`."""

from django.urls import path

from skillwise_identity.rest.views.accounts import (
    RegisterView,
    RequestPasswordResetView,
    RequestVerificationView,
    ResetPasswordView,
    VerifyEmailView,
)
from skillwise_identity.rest.views.administration import (
    ReinstateView,
    RolesView,
    SuspendView,
    UserListView,
    UserView,
)
from skillwise_identity.rest.views.profile import MeView
from skillwise_identity.rest.views.sessions import LogInView, LogOutView, RefreshView

urlpatterns = [
    path("auth/register/", RegisterView.as_view(), name="identity-register"),
    path("auth/verify-email/", VerifyEmailView.as_view(), name="identity-verify-email"),
    path("auth/verify-email/resend/", RequestVerificationView.as_view(), name="identity-verify-email-resend"),
    path("auth/login/", LogInView.as_view(), name="identity-login"),
    path("auth/token/refresh/", RefreshView.as_view(), name="identity-token-refresh"),
    path("auth/logout/", LogOutView.as_view(), name="identity-logout"),
    path("auth/password/reset/", RequestPasswordResetView.as_view(), name="identity-password-reset"),
    path("auth/password/reset/confirm/", ResetPasswordView.as_view(), name="identity-password-reset-confirm"),
    path("users/me/", MeView.as_view(), name="identity-me"),
    path("admin/users/", UserListView.as_view(), name="identity-admin-user-list"),
    path("admin/users/<uuid:user_id>/", UserView.as_view(), name="identity-admin-user"),
    path("admin/users/<uuid:user_id>/roles/", RolesView.as_view(), name="identity-admin-user-roles"),
    path("admin/users/<uuid:user_id>/suspend/", SuspendView.as_view(), name="identity-admin-user-suspend"),
    path(
        "admin/users/<uuid:user_id>/reinstate/", ReinstateView.as_view(), name="identity-admin-user-reinstate"
    ),
]
