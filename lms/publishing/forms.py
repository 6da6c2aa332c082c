"""What goes along when somebody wants content published."""

from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from lms.web.forms import BaseForm


class SeenForm(BaseForm):
    """What somebody had before them."""

    seen = HiddenField(validators=[InputRequired("Open the page again, and press there.")])


class FolderForm(SeenForm):
    """The content folder, and that they know what it takes back."""

    over_drafts = BooleanField(
        "Publish the folder all the same, and take these changes back",
        description="They stay in the version that is newest now, which can be published again.",
    )
