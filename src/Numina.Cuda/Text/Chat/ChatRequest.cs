using System.Text.Json;

namespace Numina.Cuda.Text.Chat;

/// <summary>One message in plain text.</summary>
public sealed record ChatMessage(string Role, string Content);

/// <summary>What a template renders. JSON values become the template's dicts, lists, strings and numbers.</summary>
public sealed record ChatRequest
{
    /// <summary>The messages as a JSON array; when set, <see cref="Messages"/> is not read.</summary>
    public JsonElement? MessagesJson { get; init; }

    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>Ask the template to open the assistant's turn.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>A JSON array of tool schemas; the template sees none when it is null.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>A JSON array of documents; the template sees none when it is null.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>More variables by name; they win over the special tokens.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Special tokens by name, such as <c>bos_token</c>; they win over those of the model's files.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>The field of the last message that the model goes on writing, usually <c>content</c>: the text ends where it ends. Null when no message is continued.</summary>
    public string? ContinueFinalField { get; init; }

    /// <summary>The model goes on writing the last message's content.</summary>
    public bool ContinueFinalMessage
    {
        get => ContinueFinalField != null;
        init => ContinueFinalField = value ? "content" : null;
    }
}
