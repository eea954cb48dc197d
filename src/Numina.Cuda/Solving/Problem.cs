namespace Numina.Cuda.Solving;

/// <param name="Id">The problem's identity in its set: names it in logs and in the sampling noise.</param>
/// <param name="Text">The statement as the data set has it.</param>
/// <param name="Prompt">The statement rendered by the model's chat template, with the generation prompt.</param>
public sealed record Problem(string Id, string Text, string Prompt);
