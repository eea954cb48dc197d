using System.Text.Json;
using Numina.Cuda.Text.Chat;

namespace Numina.Cuda.Tests.Text.Chat;

/// <summary>Where a model's template and special tokens come from, and what a request can add.</summary>
[TestFixture]
public sealed class ChatTemplateLoadTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("chat").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Reads_a_string_and_special_tokens_in_both_forms()
    {
        Write("tokenizer_config.json", """
            {"chat_template": "{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}{{ image_token }}", "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false},
             "pad_token": null, "extra_special_tokens": {"image_token": "<image>"}}
            """);
        Assert.That(ChatTemplate.Load(_folder).Render(new ChatRequest()), Is.EqualTo("<s></s>False<image>"));
    }

    [Test]
    public void Chooses_among_named_templates_as_transformers_does()
    {
        Write("tokenizer_config.json", """
            {"chat_template": [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "tools {{ tools|length }}"}, {"name": "rag", "template": "rag"}]}
            """);
        ChatRequest withTools = new() { Tools = JsonDocument.Parse("[{}, {}]").RootElement };
        Assert.That(ChatTemplate.Load(_folder).Render(new ChatRequest()), Is.EqualTo("plain"));
        Assert.That(ChatTemplate.Load(_folder).Render(withTools), Is.EqualTo("tools 2"));
        Assert.That(ChatTemplate.Load(_folder, "rag").Render(withTools), Is.EqualTo("rag"));
        Assert.That(() => ChatTemplate.Load(_folder, "none"), Throws.TypeOf<ChatTemplateException>().With.Message.Contains("default, rag, tool_use"));
    }

    [Test]
    public void Template_files_win_over_the_configuration()
    {
        Write("tokenizer_config.json", """{"chat_template": "old {{ bos_token }}", "bos_token": "<s>"}""");
        Write("chat_template.jinja", "new {{ bos_token }}\n");
        Directory.CreateDirectory(Path.Combine(_folder, "additional_chat_templates"));
        Write("additional_chat_templates/tool_use.jinja", "with tools");
        Assert.That(ChatTemplate.Load(_folder).Render(new ChatRequest()), Is.EqualTo("new <s>"));
        Assert.That(ChatTemplate.Load(_folder, "tool_use").Render(new ChatRequest()), Is.EqualTo("with tools"));
    }

    [TestCase("""{}""", "no chat template")]
    [TestCase("""{"chat_template": 5}""", "expected a string or a list")]
    [TestCase("""{"chat_template": [{"name": "default"}]}""", "expected a string or a list")]
    [TestCase("""[]""", "expected an object")]
    [TestCase("""{""", "expected JSON")]
    public void Malformed_configurations_are_named(string config, string expected)
    {
        Write("tokenizer_config.json", config);
        Assert.That(() => ChatTemplate.Load(_folder), Throws.TypeOf<ChatTemplateException>().With.Message.Contains(expected).And.Message.Contains(_folder));
    }

    [Test]
    public void Requests_add_variables_that_win_over_special_tokens()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ bos_token }}|{{ thinking }}|{{ tools is none }}|{{ messages[0].content }}");
        ChatRequest request = new()
        {
            Messages = [new("user", "hi")],
            SpecialTokens = new Dictionary<string, string> { ["bos_token"] = "<s>" },
            Variables = new Dictionary<string, JsonElement> { ["bos_token"] = JsonDocument.Parse("\"<b>\"").RootElement, ["thinking"] = JsonDocument.Parse("true").RootElement },
        };
        Assert.That(template.Render(request), Is.EqualTo("<b>|True|True|hi"));
    }

    [TestCase("{% for m in messages %}[{{ m.content }}]{% endfor %}", "[q][Let ")]
    [TestCase("{% for m in messages %}[{{ m.content | trim }}]{% endfor %}", "[q][Let")]
    public void Continued_messages_end_where_their_text_ends(string source, string expected)
    {
        ChatRequest request = new() { Messages = [new("user", "q"), new("assistant", "Let ")], ContinueFinalMessage = true };
        Assert.That(ChatTemplate.Parse(source).Render(request), Is.EqualTo(expected));
        Assert.That(() => ChatTemplate.Parse(source).Render(request with { AddGenerationPrompt = true }), Throws.TypeOf<ChatTemplateException>());
        Assert.That(() => ChatTemplate.Parse("no content").Render(request), Throws.TypeOf<ChatTemplateException>().With.Message.Contains("does not appear"));
    }

    [Test]
    public void The_clock_is_given()
    {
        FixedClock clock = new();
        ChatTemplate template = ChatTemplate.Parse("{{ strftime_now('%d %b %Y, %-I:%M %p, %A %j %%') }}", clock);
        Assert.That(template.Render(new ChatRequest()), Is.EqualTo("05 Mar 2024, 2:07 PM, Tuesday 065 %"));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 3, 5, 14, 7, 9, TimeSpan.Zero);
    }
}
