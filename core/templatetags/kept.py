"""`{% kept %}`: a part of a page that is the same for everybody, written once in a process for each language.

    {% kept here=here count=chrome.unread_messages %}…{% endkept %}

What is inside knows the values named and nothing else: neither the request nor a person, so that nothing of one visitor
can be shown to another. It is written once for each combination of these values: let them be few. A builtin everywhere.

`{% translate "…" %}` of words that stand in the template is kept by itself: a page holds dozens.
"""

from typing import Any, cast

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Of one place in a template; then it begins anew.
MOST = 500


class KeptNode(template.Node):
    def __init__(self, nodelist: NodeList, named: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self._named = named
        self._kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        values = {name: expression.resolve(context) for name, expression in self._named.items()}
        key = (get_language(), *values.values())
        known = self._kept.get(key)
        return known if known is not None else self._write(key, values, context)

    def _write(self, key: tuple[Any, ...], values: dict[str, Any], context: Context) -> SafeString:
        for name, value in values.items():
            # Anything else could be a person, or lead to one.
            if not isinstance(value, str | int):
                raise template.TemplateSyntaxError(f"{{% kept %}} takes words, numbers, true and false: {name}")
        alone = Context(values)
        with alone.bind_template(cast(template.Template, context.template)):
            written = self.nodelist.render(alone)
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = written
        return written


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    name, *rest = token.split_contents()
    named = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"{{% {name} %}} takes values with a name each: {rest[0]}")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, named)


class TranslatedNode(template.Node):
    """What Django's `translate` says of words alone: the same on every page in that language."""

    def __init__(self, node: TranslateNode) -> None:
        self._node = node
        self._kept: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        words = self._kept.get(language)
        if words is None:
            words = self._kept[language] = self._words(context)
        if self._node.asvar:
            context[self._node.asvar] = words
            return ""
        return words

    def _words(self, context: Context) -> str:
        written = self._node.render(context)
        return context[self._node.asvar] if self._node.asvar else written


@register.tag
def translate(parser: Parser, token: Token) -> TranslateNode | TranslatedNode:
    node = do_translate(parser, token)
    expression = node.filter_expression
    # `_("…")` is no variable, and has no literal.
    words_alone = isinstance(getattr(expression.var, "literal", None), str) and not expression.filters
    return TranslatedNode(node) if words_alone and not node.message_context else node
