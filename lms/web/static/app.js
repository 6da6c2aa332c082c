// The only script of our own. Every page works without it; nothing is drawn by it.
import { createAll, Button, CharacterCount, ErrorSummary, ExitThisPage, PasswordInput } from './govuk.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
for (const component of [Button, CharacterCount, ErrorSummary, ExitThisPage, PasswordInput]) createAll(component)
