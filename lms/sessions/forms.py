"""What people fill in to get in."""

from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.web.fields import TidyString
from lms.web.forms import BaseForm, no_control_characters


class CarriesOn(BaseForm):
    """A form that carries what was typed before the session ended."""

    kept = HiddenField()


class SignInForm(CarriesOn):
    """Address and password. What is wrong with them is never said apart."""

    email = EmailField(
        "Email address",
        [
            InputRequired("Enter your email address in full, like name@example.org"),
            Length(max=254),
            no_control_characters,
        ],
    )
    password = PasswordField("Password", [InputRequired("Enter your password")])


class CodeForm(CarriesOn):
    """A code of the app, or a recovery code."""

    code = StringField(
        "Code",
        [InputRequired("Enter the code your app shows"), Length(max=40), no_control_characters],
        description="Six digits from your app, or one of your recovery codes.",
    )


class ConfirmForm(CarriesOn):
    """Who you are, again."""

    password = PasswordField("Password", [InputRequired("Enter your password")])


class ConfirmWithCodeForm(ConfirmForm):
    """Who you are, again, with the second factor."""

    code = StringField(
        "Code",
        [InputRequired("Enter the code your app shows"), Length(max=40), no_control_characters],
        description="Six digits from your app, or one of your recovery codes.",
    )


class NewPasswordForm(BaseForm):
    """The present password, and a new one."""

    password = PasswordField("Present password", [InputRequired("Enter your present password")])
    new_password = PasswordField("New password", [InputRequired("Enter a new password")])


class NameForm(BaseForm):
    """How somebody wants to be called here."""

    name = TidyString(
        "Name",
        [DataRequired("Enter a name"), Length(max=120)],
        description="As you want to be called here. Awards carry the name your registrar recorded.",
    )
