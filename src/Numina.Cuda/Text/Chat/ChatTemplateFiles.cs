using System.Text.Json;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat;

/// <summary>
/// The chat templates and special tokens in a model folder. Where there is a chat_template.jinja or an additional_chat_templates folder, these are the templates
/// and <c>chat_template</c> in tokenizer_config.json is not read, as in transformers.
/// </summary>
internal sealed record ChatTemplateFiles(IReadOnlyDictionary<string, string> Templates, IReadOnlyDictionary<string, string> SpecialTokens, string Folder)
{
    private const string DefaultName = "default";
    private const string ToolsName = "tool_use";

    private static readonly string[] TokenNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    public static ChatTemplateFiles Read(string folder)
    {
        Dictionary<string, string> templates = [];
        Dictionary<string, string> tokens = [];
        string configPath = Path.Combine(folder, "tokenizer_config.json");
        if (File.Exists(configPath))
        {
            using JsonDocument config = ParseJson(configPath);
            ReadTokens(config.RootElement, tokens);
            ReadOlderTokens(folder, config.RootElement, tokens);
            ReadTemplates(config.RootElement, configPath, templates);
        }

        Dictionary<string, string> files = ReadTemplateFiles(folder);
        return new ChatTemplateFiles(files.Count > 0 ? files : templates, tokens, folder);
    }

    public ChatTemplate Choose(string? name)
    {
        if (Templates.Count == 0)
        {
            throw Fault.Value($"{Folder}: no chat template in tokenizer_config.json or chat_template.jinja");
        }

        string names = string.Join(", ", Templates.Keys.Order(StringComparer.Ordinal));
        if (name != null)
        {
            return Make(Templates.TryGetValue(name, out string? named) ? named : throw Fault.Value($"{Folder}: chat template: expected one of {names}, found '{name}'"), null);
        }

        string source = Templates.TryGetValue(DefaultName, out string? found) ? found : throw Fault.Value($"{Folder}: chat template: none is the default, choose one of {names}");
        return Make(source, Templates.TryGetValue(ToolsName, out string? tools) ? Make(tools, null) : null);
    }

    private ChatTemplate Make(string source, ChatTemplate? forTools)
    {
        ChatTemplate parsed = ChatTemplate.Parse(source);
        return parsed.With(SpecialTokens, forTools);
    }

    private static Dictionary<string, string> ReadTemplateFiles(string folder)
    {
        Dictionary<string, string> templates = [];
        string single = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(single))
        {
            templates[DefaultName] = File.ReadAllText(single);
        }

        string several = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(several))
        {
            foreach (string path in Directory.EnumerateFiles(several, "*.jinja"))
            {
                templates[Path.GetFileNameWithoutExtension(path)] = File.ReadAllText(path);
            }
        }

        return templates;
    }

    /// <summary>A string is the default template; a list has objects with name and template.</summary>
    private static void ReadTemplates(JsonElement config, string path, Dictionary<string, string> templates)
    {
        if (!config.TryGetProperty("chat_template", out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            templates[DefaultName] = value.GetString()!;
            return;
        }

        foreach (JsonElement item in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Malformed(path, value))
        {
            bool complete = item.ValueKind == JsonValueKind.Object;
            templates[complete ? Text(item, "name") ?? throw Malformed(path, item) : throw Malformed(path, item)] = Text(item, "template") ?? throw Malformed(path, item);
        }
    }

    private static void ReadTokens(JsonElement config, Dictionary<string, string> tokens)
    {
        foreach (string name in TokenNames)
        {
            if (TokenText(config, name) is { } text)
            {
                tokens[name] = text;
            }
        }

        if (config.TryGetProperty("extra_special_tokens", out JsonElement extra) && extra.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in extra.EnumerateObject())
            {
                if (TokenText(extra, property.Name) is { } text)
                {
                    tokens[property.Name] = text;
                }
            }
        }
    }

    /// <summary>Checkpoints from before added_tokens_decoder keep their tokens in a file of its own.</summary>
    private static void ReadOlderTokens(string folder, JsonElement config, Dictionary<string, string> tokens)
    {
        string path = Path.Combine(folder, "special_tokens_map.json");
        if (config.TryGetProperty("added_tokens_decoder", out _) || !File.Exists(path))
        {
            return;
        }

        using JsonDocument map = ParseJson(path);
        ReadTokens(map.RootElement, tokens);
    }

    /// <summary>A token is its text, or an object with it as content.</summary>
    private static string? TokenText(JsonElement owner, string name) => !owner.TryGetProperty(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object => Text(value, "content"),
        _ => null,
    };

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonDocument ParseJson(string path)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 256 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw Fault.Value($"{path}: expected an object, found {document.RootElement.ValueKind}");
        }
        catch (JsonException malformed)
        {
            throw Fault.Value($"{path}: expected JSON, found {malformed.Message}");
        }
    }

    private static ChatTemplateException Malformed(string path, JsonElement found) =>
        Fault.Value($"{path}: chat_template: expected a string or a list of objects with name and template, found {found.ValueKind}");
}
