using Numina.Cuda.Text.Chat;

namespace Numina.Cuda.Tests.Text.Chat;

/// <summary>Templates that would run or grow without end are stopped; errors say where.</summary>
[TestFixture]
public sealed class ChatTemplateLimitsTests
{
    [TestCase("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [TestCase("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [TestCase("{% block b %}{{ self.b() }}{% endblock %}")]
    [TestCase("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [TestCase("{{ 'x' * 99999999999 }}")]
    [TestCase("{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [TestCase("{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [TestCase("{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}")]
    [TestCase("{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s|tojson }}")]
    [TestCase("{% set ns = namespace(s=(1,)) %}{% for i in range(99) %}{% set ns.s = (ns.s, ns.s) %}{% endfor %}{{ {ns.s: 1} }}")]
    [TestCase("{% set ns = namespace(s=[1]) %}{% for j in range(30) %}{% for i in range(90000) %}{% set ns.s = [ns.s] %}{% endfor %}{% endfor %}{{ ns.s }}")]
    [TestCase("{% set ns = namespace(n=2) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}")]
    [TestCase("{{ 2 ** (10 ** 20) }}")]
    [TestCase("{{ -2 ** 299999999999 }}")]
    [TestCase("{{ '%999999999d' % 1 }}")]
    [TestCase("{{ '{:>999999999}'.format(1) }}")]
    [TestCase("{{ 'a'.center(999999999) }}")]
    [TestCase("{{ 'a'|indent(999999999) }}")]
    [TestCase("{{ ('a' * 9999)|replace('', 'b' * 99999) }}")]
    [TestCase("{{ [1]|batch(999999999, 'x')|list }}")]
    [TestCase("{{ [1]|slice(999999999)|list }}")]
    [TestCase("{{ [[1]]|tojson(indent=99999999) }}")]
    [TestCase("{% set s = 'x' * 9999999 %}{% for i in range(99999) %}{{ s in s }}{% endfor %}")]
    public void Stops_what_has_no_end(string source)
    {
        ChatTemplateException? fault = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source).Render(new ChatRequest()));
        Assert.That(fault!.Kind, Is.EqualTo(ChatTemplateError.Limit), fault.Message);
    }

    [TestCase("(", ")")]
    [TestCase("[", "]")]
    [TestCase("not ", "")]
    [TestCase("- ", "")]
    [TestCase("f(", ")")]
    public void Stops_deep_expressions_while_parsing(string open, string close)
    {
        string source = "{{ " + string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000)) + " }}";
        Assert.That(() => ChatTemplate.Parse(source), Throws.TypeOf<ChatTemplateException>().With.Property("Kind").EqualTo(ChatTemplateError.Limit));
    }

    [Test]
    public void Stops_deep_blocks_while_parsing() => Assert.That(
        () => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if 1 %}", 100_000))),
        Throws.TypeOf<ChatTemplateException>().With.Property("Kind").EqualTo(ChatTemplateError.Limit));

    [Test]
    public void Long_chains_end_with_a_result_or_a_limit()
    {
        string source = "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 100_000)) + " }}";
        try
        {
            Assert.That(ChatTemplate.Parse(source).Render(new ChatRequest()), Is.EqualTo("100001"));
        }
        catch (ChatTemplateException fault)
        {
            Assert.That(fault.Kind, Is.EqualTo(ChatTemplateError.Limit));
        }
    }

    [Test]
    public void Output_stays_within_its_limit()
    {
        ChatTemplate template = ChatTemplate.Parse("{% for i in range(100) %}0123456789{% endfor %}", new ChatTemplateLimits { Output = 1000 });
        Assert.That(template.Render(new ChatRequest()), Has.Length.EqualTo(1000));
        Assert.That(
            () => ChatTemplate.Parse(template.Source + "x", new ChatTemplateLimits { Output = 1000 }).Render(new ChatRequest()),
            Throws.TypeOf<ChatTemplateException>().With.Message.Contains("1000"));
    }

    [TestCase("a\n{{ 1 +* 2 }}", 2, 7)]
    [TestCase("{% if true %}\n  {% endfor %}", 2, 6)]
    [TestCase("é😀 {{ 'a }}", 1, 7)]
    [TestCase("\r\n\r\n {{ 1 / 0 }}", 3, 7)]
    [TestCase("{% for m in [1] %}\n{{ m.a.b }}{% endfor %}", 2, 7)]
    [TestCase("{{ 'x'|nofilter }}", 1, 8)]
    [TestCase("{% macro f() %}\n{{ 'a' + 1 }}{% endmacro %}\n{{ f() }}", 2, 8)]
    [TestCase("x\n{# never closed", 2, 1)]
    public void Errors_tell_line_and_column(string source, int line, int column)
    {
        ChatTemplateException? fault = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source).Render(new ChatRequest()));
        Assert.That((fault!.Line, fault.Column), Is.EqualTo((line, column)), fault.Message);
        Assert.That(fault.Message, Does.Contain($"line {line}, column {column}: "));
    }

    [Test]
    public void Raised_errors_keep_the_author_s_words()
    {
        ChatTemplateException? fault = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("\n{{ raise_exception('No, ' ~ 1) }}").Render(new ChatRequest()));
        Assert.That((fault!.Message, fault.Line, fault.Column), Is.EqualTo(("No, 1", 2, 19)));
    }
}
