// Stands in for Nextflow where that cannot be had: reads clients/nextflow/main.nf as the Groovy that it is, and runs the script
// of each process with bash for each item of the channel, in a folder of its own. It knows the few words that the example
// uses (process, workflow, val, path, tuple, stdout, Channel.of, combine, view), not Nextflow: no containers, caching or executors.
//     groovy nextflow.groovy main.nf NAME=VALUE…
class Name { String name; String toString() { name } }
class Declared { String kind; List parts }
class Source {
    List items
    def or(next) { next.run(items) }
    def combine(Source other) { new Source(items: [items, other.items].combinations()) }
}
class Channels { def of(Object... items) { new Source(items: items as List) } }

// Parameters of the command line win over those of the script.
class Parameters extends LinkedHashMap {
    private final Set fixed = [] as Set
    def fix(String key, value) { super.put(key, value); fixed.add(key) }
    Object put(Object key, Object value) { fixed.contains(key) ? get(key) : super.put(key, value) }
}

class Scope {
    Map values; Map parameters; List declared = []
    def declare(Declared one) { declared.removeAll { one.parts.any { part -> part.is(it) } }; declared << one; one }
    def val(value) { declare(new Declared(kind: 'val', parts: [value])) }
    def path(value) { declare(new Declared(kind: 'path', parts: [value])) }
    def tuple(Object... parts) { declare(new Declared(kind: 'tuple', parts: parts as List)) }
    def getStdout() { declare(new Declared(kind: 'stdout', parts: [])) }
    def getParams() { parameters }
    def propertyMissing(String name) { values.containsKey(name) ? values[name] : new Name(name: name) }
}

class Process {
    String name; Closure body; Map parameters; File base
    List evaluated(Map values) {
        def scope = new Scope(values: values, parameters: parameters)
        def copy = body.clone() as Closure
        copy.delegate = scope
        copy.resolveStrategy = Closure.DELEGATE_FIRST
        [copy.call().toString(), scope.declared]
    }
    static List flat(Declared one) { one.kind == 'tuple' ? one.parts.collectMany { flat(it) } : [one] }
    def run(List items) {
        new Source(items: items.withIndex().collect { item, number ->
            def input = flat(evaluated([:])[1][0])
            def given = item instanceof List ? item : [item]
            assert given.size() == input.size(): "$name takes ${input.size()} values, not ${given.size()}"
            def folder = new File(base, "$name-$number")
            folder.mkdirs()
            def values = [:]
            input.eachWithIndex { one, place ->
                def value = given[place]
                if (one.kind == 'path') {
                    java.nio.file.Files.createSymbolicLink(new File(folder, value.name).toPath(), value.toPath())
                    value = value.name
                }
                values[one.parts[0].toString()] = value
            }
            def (script, declared) = evaluated(values)
            def bash = new ProcessBuilder('bash', '-euo', 'pipefail', '-c', script).directory(folder)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start()
            def said = bash.inputStream.text
            assert bash.waitFor() == 0: "$name failed in $folder"
            def made = flat(declared[1]).collect { one ->
                if (one.kind == 'stdout') return said
                if (one.kind == 'val') return one.parts[0]
                def file = new File(folder, one.parts[0].toString())
                assert file.isFile(): "$name has not made $file"
                file
            }
            made.size() == 1 ? made[0] : made
        })
    }
}

class View { def run(List items) { items.each { print it }; new Source(items: items) } }

abstract class Pipeline extends Script {
    Map known = [view: new View()]
    def process(Process one) { known[one.name] = one }
    def workflow(Closure body) {
        body.delegate = known << [params: binding.params, Channel: binding.Channel]
        body.resolveStrategy = Closure.DELEGATE_FIRST
        body.call()
    }
    def methodMissing(String name, arguments) {
        if (arguments[0] instanceof Source) return known[name].run(arguments[0].items)
        new Process(name: name, body: arguments[0], parameters: binding.params, base: binding.base)
    }
}

def parameters = new Parameters()
args.drop(1).each { def (name, value) = it.split('=', 2); parameters.fix(name, value) }
def settings = new org.codehaus.groovy.control.CompilerConfiguration(scriptBaseClass: Pipeline.name)
def base = java.nio.file.Files.createTempDirectory('nextflow-').toFile()
try {
    def binding = new Binding(params: parameters, base: base, Channel: new Channels())
    new GroovyShell(Pipeline.classLoader, binding, settings).evaluate(new File(args[0]))
} finally {
    base.deleteDir()
}
