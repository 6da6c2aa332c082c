"""What people fill in about accounts."""

from wtforms import EmailField, PasswordField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.access.actor import APPOINTMENTS, Role
from lms.web.fields import DayField, TidyString
from lms.web.forms import BaseForm, no_control_characters
from lms.web.navigation import role_word

# Advocates come by a roster, coordinators and supervisors by appointment; none is given here.
GIVEN_HERE = [role for role in Role if role not in APPOINTMENTS and role is not Role.ADVOCATE]
_WHOLE_ADDRESS = "Enter an email address in full, like name@example.org"


class AddressForm(BaseForm):
    """An email address."""

    email = EmailField(
        "Email address",
        [InputRequired(_WHOLE_ADDRESS), Length(max=254), no_control_characters],
    )


class InviteForm(AddressForm):
    """Somebody new on the staff. Admins leave the role out: only registrars grant."""

    name = TidyString("Name", [DataRequired("Enter a name"), Length(max=120)])
    role = SelectField(
        "Role",
        [Optional()],
        choices=[
            SelectChoice(value="", label="None yet"),
            *(SelectChoice(value=role, label=role_word(role)) for role in GIVEN_HERE),
        ],
    )


class RoleForm(BaseForm):
    """A role to give."""

    role = RadioField(
        "Role",
        [InputRequired("Choose a role")],
        choices=[SelectChoice(value=role, label=role_word(role)) for role in GIVEN_HERE],
    )


class IdentityForm(BaseForm):
    """Who somebody is by law, corrected with a reason."""

    certificate_name = TidyString(
        "Name on the certificate",
        [DataRequired("Enter the whole name as it stands on awards"), Length(max=200)],
    )
    born_on = DayField("Date of birth", [InputRequired("Enter the date of birth")])
    reason = TidyString(
        "Why is it corrected?",
        [DataRequired("Say why it is corrected"), Length(max=500)],
        description="Such as “typed wrongly in the roster” or “changed by deed poll”.",
    )


class ResetForm(AddressForm):
    """Where to send a link for a new password."""


class PasswordForm(BaseForm):
    """A first or a new password."""

    password = PasswordField("Password", [InputRequired("Enter a password")])
