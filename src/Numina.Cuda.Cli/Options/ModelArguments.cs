using System.CommandLine;

namespace Numina.Cuda.Cli.Options;

/// <summary>Which model, and what it runs on.</summary>
/// <param name="Model">A checkpoint folder; null for the embedded demo.</param>
/// <param name="Device">auto, cpu or cuda.</param>
/// <param name="Threads">0: one a core.</param>
/// <param name="Kernels">A folder of kernels to use instead of the embedded ones; null for none.</param>
/// <param name="CacheMebibytes">Size of the key-value cache; 0: what <see cref="CacheSize"/> makes of the free memory.</param>
/// <param name="ContextLength">The most tokens of one sequence; 0: the model's own.</param>
internal sealed record ModelSettings(string? Model, string Device, int Threads, int CacheMebibytes, int ContextLength, string? Kernels);

/// <summary>The options behind <see cref="ModelSettings"/>.</summary>
internal sealed class ModelArguments
{
    /// <summary>The checkpoint folder.</summary>
    public Argument<string?> Model { get; }

    private readonly Option<string> _device = Opt.Choice("--device", "What to compute on. auto says what it chose and why.", "auto", "auto", "cpu", "cuda");
    private readonly Option<int> _threads = Opt.Int("--threads", "Threads of the CPU backend; 0: one a core.", 0, 0);
    private readonly Option<int> _cacheMemory = Opt.Int("--kv-memory", "MiB of key-value cache. 0: on a GPU what is free behind the weights, less a reserve; on the CPU a quarter of the machine's memory; in both no more than can be used.", 0, 0);
    private readonly Option<int> _contextLength = Opt.Int("--context", "Tokens of one sequence at most, the prompt included; 0: what the model was made for.", 0, 0);

    private readonly Option<string?> _kernels = new("--kernels") { Description = "A folder of .cu files to use instead of the built-in kernels.", HelpName = "DIR" };

    /// <param name="command">The command that gets the options.</param>
    /// <param name="required">A model must be named; else none means the embedded demo.</param>
    public ModelArguments(Command command, bool required)
    {
        Model = new Argument<string?>("MODEL")
        {
            Description = "A checkpoint folder in Hugging Face layout." + (required ? "" : " None: the embedded demo model."),
            Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        }.NoOption();
        command.Add(Model);
        command.Add(_device);
        command.Add(_threads);
        command.Add(_cacheMemory);
        command.Add(_contextLength);
        command.Add(_kernels);
    }

    public ModelSettings Read(ParseResult parsed) =>
        new(parsed.GetValue(Model), parsed.GetValue(_device)!, parsed.GetValue(_threads), parsed.GetValue(_cacheMemory), parsed.GetValue(_contextLength), parsed.GetValue(_kernels));
}
