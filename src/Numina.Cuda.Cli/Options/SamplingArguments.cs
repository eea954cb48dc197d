using System.CommandLine;

namespace Numina.Cuda.Cli.Options;

/// <summary>How tokens are drawn. Order: repetition penalty, temperature, min-p, top-k, top-p.</summary>
internal sealed record SamplingSettings(float Temperature, int TopK, float TopP, float MinP, float RepetitionPenalty, int MaxNewTokens, ulong Seed);

/// <summary>The options behind <see cref="SamplingSettings"/>.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<float> _temperature;
    private readonly Option<int> _topK = Opt.Int("--top-k", "Keep the k most probable tokens; 0: off.", 0, 0);
    private readonly Option<float> _topP = Opt.Float("--top-p", "Keep the most probable tokens that together reach this probability; 1: off.", 1, 0, 1);
    private readonly Option<float> _minP = Opt.Float("--min-p", "Keep tokens at least this fraction as probable as the best; 0: off.", 0, 0, 1);
    private readonly Option<float> _penalty = Opt.Float("--repetition-penalty", "Penalty on tokens that have appeared; 1: off.", 1, 0.01f, 100);
    private readonly Option<int> _maxNewTokens;
    private readonly Option<long> _seed = new("--seed") { Description = "Seed of the sampling noise.", DefaultValueFactory = _ => 42 };

    public SamplingArguments(Command command, float temperature, int maxNewTokens)
    {
        _temperature = Opt.Float("--temperature", "Softmax temperature; 0 takes the most probable token.", temperature, 0, 100);
        _maxNewTokens = Opt.Int("--max-new-tokens", "Tokens of one generation at most.", maxNewTokens, 1);
        command.Add(_temperature);
        command.Add(_maxNewTokens);
        command.Add(_topK);
        command.Add(_topP);
        command.Add(_minP);
        command.Add(_penalty);
        command.Add(_seed);
    }

    public SamplingSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_temperature), parsed.GetValue(_topK), parsed.GetValue(_topP), parsed.GetValue(_minP), parsed.GetValue(_penalty),
        parsed.GetValue(_maxNewTokens), unchecked((ulong)parsed.GetValue(_seed)));
}
