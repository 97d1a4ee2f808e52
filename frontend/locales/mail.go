package locales

import "shangquan/services/lang"

// Mail says the subject and the text of a message to a phone or mailbox: mail.<kind>.subject and mail.<kind>.text. It is a mail.Words.
func (c *Catalogue) Mail(t lang.Tag, kind string, args map[string]any) (subject, text string, err error) {
	w := c.In(t)
	if subject, err = w.With("mail."+kind+".subject", args); err != nil {
		return "", "", err
	}
	text, err = w.With("mail."+kind+".text", args)
	return subject, text, err
}
