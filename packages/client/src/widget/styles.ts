/** Its lines are one. Every colour, size and font can be set from outside, by a custom property or by `::part()`. */
export const STYLES = `\
:host{display:inline-block;font:var(--feedback-font,inherit);color:var(--feedback-color,inherit);max-width:100%}\
:host([hidden]),[hidden]{display:none!important}\
button,textarea,input{font:inherit;color:inherit}\
button,textarea,form{border:1px solid var(--feedback-border,#767676);border-radius:var(--feedback-radius,.5em);background:var(--feedback-background,transparent);box-sizing:border-box}\
button{cursor:pointer;padding:.35em .7em;min-height:24px}\
button[aria-disabled=true]{cursor:default;opacity:.7}\
button[aria-pressed=true]{background:var(--feedback-accent,#0b57d0);border-color:var(--feedback-accent,#0b57d0);color:var(--feedback-on-accent,#fff)}\
@media(forced-colors:active){[aria-pressed=true]{background:Highlight;color:HighlightText;forced-color-adjust:none}}\
:focus-visible{outline:2px solid var(--feedback-accent,#0b57d0);outline-offset:2px}\
[role=group] button{display:inline-flex;padding:.4em;margin-inline-end:.25em}\
svg{width:1.25em;height:1.25em;fill:currentColor}\
form{margin-top:.5em;padding:.75em;width:var(--feedback-form-width,24em);max-width:100%}\
fieldset{border:0;margin:0 0 .5em;padding:0}\
legend{font-weight:600;padding:0;margin-bottom:.25em}\
label{display:block;margin:.25em 0}\
textarea{display:block;width:100%;margin-top:.2em;padding:.35em}\
[part=actions]{display:flex;gap:.5em;margin-top:.5em}\
[role=group]{display:inline}\
[role=status]{margin-inline-start:.25em}\
`;
