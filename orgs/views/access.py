"""Login, logout, own password, the first-run page, health."""

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_http_methods

from orgs.audit import record
from orgs.forms import LoginForm, PasswordForm, SetUpForm
from orgs.models import Organization, User
from orgs.services.people import SetUpAlready, change_own_password, set_up_first_administrator
from orgs.setup_token import setup_token


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    """Login with the hotlines beside it; every login is on record."""

    template_name = "registration/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: LoginForm) -> HttpResponse:
        response = super().form_valid(form)
        record("session.login", by=form.get_user(), target=form.get_user(), label=form.get_user().username)
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        hotlines = Organization.objects.filter(kind=Organization.Kind.INSURER, active=True).exclude(hotline="")
        return super().get_context_data(**kwargs) | {"hotlines": hotlines, "trial": settings.TRIAL}


@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """One's own new password; demanded after the first login and after a reset."""
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            change_own_password(user=request.user, password=form.cleaned_data["new"])
            update_session_auth_hash(request, request.user)
            return redirect("workbench")
        except ValidationError as error:
            form.add_error("new", error)
    status = 422 if request.method == "POST" else 200
    return render(request, "registration/password.html", {"form": form}, status=status)


@login_not_required
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """First run: makes the first administrator, with the token printed at start; gone once there is somebody."""
    if User.objects.exists():
        raise Http404
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not setup_token(matches=data["token"]):
            form.add_error("token", "口令不对，请看服务器启动时打印的一行")
        else:
            try:
                user = set_up_first_administrator(
                    place=data["place"],
                    username=data["username"],
                    name=data["name"],
                    password=data["password"],
                )
                login(request, user, backend="orgs.backends.AccountBackend")
                return redirect("workbench")
            except ValidationError as error:
                form.add_error("password", error)
            except SetUpAlready as already:
                form.add_error(None, str(already))
    status = 422 if request.method == "POST" else 200
    return render(request, "registration/setup.html", {"form": form}, status=status)


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """`ok` while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
