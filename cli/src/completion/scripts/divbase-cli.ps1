# Completion of divbase-cli for PowerShell.
Register-ArgumentCompleter -Native -CommandName 'divbase-cli' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $program = $commandAst.CommandElements[0].Value
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    # Windows PowerShell does not pass on an empty word; the program takes the quotes for one.
    $last = if ($wordToComplete) { "$wordToComplete" } else { '""' }
    $words = @('__complete', '--') + $before + $last
    & $program @words 2>$null | ForEach-Object {
        $text = if ($_ -match ' ') { "'$_'" } else { $_ }
        [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
    }
}
