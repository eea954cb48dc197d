namespace Numina.Cuda.Solving.Notebook;

/// <summary>What the notebook prints around its samples; each text ends as Python's print leaves it.</summary>
public static class NotebookOutput
{
    public static string Config(NotebookConfig config) => $"=== Running submission with config ===\n\n{config}\n";

    /// <param name="id">The row's id as Python prints it.</param>
    /// <param name="problem">The user message.</param>
    /// <param name="text">The rendered prompt.</param>
    public static string Input(string id, string problem, string text) =>
        $"=== INPUT FOR PROBLEM ID {id} ===\n{{'prompt': {PythonRepr.Of(problem)}, 'text': {PythonRepr.Of(text)}}}\n\n";

    /// <summary>Candidates, filtered answers and the majority, as three blocks.</summary>
    public static string Votes(IReadOnlyCollection<string> candidates, IReadOnlyCollection<int> filtered, int majority) =>
        $"=== CANDIDATE ANSWERS ({candidates.Count}) ===\n{PythonRepr.Of(candidates)}\n\n"
        + $"=== FILTERED ANSWERS ({filtered.Count}) ===\n{PythonRepr.Of(filtered)}\n\n"
        + $"=== MAJORITY ANSWER (mod 1000) ===\n{majority}\n\n";
}
