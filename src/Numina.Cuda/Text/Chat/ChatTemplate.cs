using Numina.Cuda.Text.Chat.Jinja;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat;

/// <summary>
/// A model's chat template: Jinja2 with the settings and additions of Hugging Face transformers, run in a sandbox. Rendering changes nothing in it; one template
/// may render on many threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly TemplateProgram _program;
    private readonly ChatTemplateLimits _limits;

    private ChatTemplate(string source, TemplateProgram program, ChatTemplateLimits limits)
    {
        Source = source;
        _program = program;
        _limits = limits;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Special tokens of the model's files by name, such as <c>bos_token</c>.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>The template for requests with tools, where the model has one of its own.</summary>
    public ChatTemplate? ForTools { get; init; }

    private TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <param name="source">The template's text.</param>
    /// <param name="clock">Tells the time to <c>strftime_now</c>.</param>
    /// <exception cref="ChatTemplateException">The template is malformed; the message has line and column.</exception>
    public static ChatTemplate Parse(string source, TimeProvider clock) => Parse(source).With(clock);

    /// <exception cref="ChatTemplateException">The template is malformed; the message has line and column.</exception>
    public static ChatTemplate Parse(string source, ChatTemplateLimits? limits = null)
    {
        limits ??= ChatTemplateLimits.Default;
        return new ChatTemplate(source, Parser.Parse(source, limits.Nesting), limits);
    }

    /// <summary>Reads a model's template and special tokens from its folder, as transformers does.</summary>
    /// <param name="modelFolder">The folder with tokenizer_config.json or chat_template.jinja.</param>
    /// <param name="name">Which of several named templates; null for the default one, or the one for tools where a request has them.</param>
    /// <exception cref="ChatTemplateException">There is no such template, or it is malformed.</exception>
    public static ChatTemplate Load(string modelFolder, string? name = null) => ChatTemplateFiles.Read(modelFolder).Choose(name);

    /// <summary>The text to tokenize, with no special tokens to be added.</summary>
    /// <exception cref="ChatTemplateException">The template refused the request, failed, or went over a limit.</exception>
    public string Render(ChatRequest request)
    {
        if (request.Tools != null && ForTools != null)
        {
            return ForTools.Render(request);
        }

        if (request.ContinueFinalField == null)
        {
            return Render(request, Messages(request));
        }

        if (request.AddGenerationPrompt)
        {
            throw Fault.Value("continue_final_message and add_generation_prompt exclude each other: a message is continued, or a new one is begun");
        }

        ContinuedMessage continued = ContinuedMessage.Mark(Messages(request), request.ContinueFinalField, Source);
        return continued.Cut(Render(request, continued.Tagged));
    }

    private ChatTemplate With(TimeProvider clock) => new(Source, _program, _limits) { SpecialTokens = SpecialTokens, ForTools = ForTools, Clock = clock };

    internal ChatTemplate With(IReadOnlyDictionary<string, string> specialTokens, ChatTemplate? forTools) =>
        new(Source, _program, _limits) { SpecialTokens = specialTokens, ForTools = forTools, Clock = Clock };

    private string Render(ChatRequest request, PyList messages)
    {
        Dictionary<string, object?> variables = [];
        foreach ((string token, string text) in SpecialTokens.Concat(request.SpecialTokens))
        {
            variables[token] = text;
        }

        foreach ((string variable, System.Text.Json.JsonElement value) in request.Variables)
        {
            variables[variable] = JsonText.Read(value);
        }

        variables["messages"] = messages;
        variables["tools"] = request.Tools is { } tools ? JsonText.Read(tools) : null;
        variables["documents"] = request.Documents is { } documents ? JsonText.Read(documents) : null;
        variables["add_generation_prompt"] = request.AddGenerationPrompt;
        return new Interpreter(_program, _limits, variables, Clock).Render();
    }

    private static PyList Messages(ChatRequest request)
    {
        if (request.MessagesJson is { } json)
        {
            return JsonText.Read(json) as PyList ?? throw Fault.Value($"messages: expected an array, found {json.ValueKind}");
        }

        return new PyList([.. request.Messages.Select(message => PyDict.From([new("role", message.Role), new("content", message.Content)]))]);
    }
}
