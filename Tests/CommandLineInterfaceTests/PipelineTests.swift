import ControlPlane
import Documents
import FoundationEssentials
import Subprocess
import Testing

enum Pipeline {
    static let example = "\(Project.root)/examples/ci"

    /// Everything that a service in the played cluster can do without is off.
    static let small: String = {
        let bytes = try? FileBytes.read(path: "\(example)/synthdata/base.yaml", maximumSize: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }()
}

/// The pipelines of `examples/ci`, against a real control plane.
@Suite struct PipelineTests {
    private static let scripts = ["setup", "plan", "deploy", "drift", "expire"]

    /// Copies the example, and puts the tool first on PATH as `synthdata-infra`.
    private static let prepare = """
        cp -r "\(Pipeline.example)/." . && mkdir -p bin && ln -sf "$0" bin/synthdata-infra && export PATH=$PWD/bin:$PATH
        """

    @Test(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
    func aChangeIsReviewedReleasedAndWatched() async throws {
        let plane = try await ControlPlane.shared()
        try await Sandbox.with { sandbox in
            let namespace = "pipeline-\(UInt32.random(in: 0...UInt32.max))"
            let environment: [Environment.Key: String?] = [
                "KUBECONFIG": plane.kubeconfigs.admin, "GITHUB_ACTIONS": nil, "GITLAB_CI": nil,
                "NAMESPACE": namespace,
            ]
            func run(_ line: String) async throws -> Finished {
                try await sandbox.shell("\(Self.prepare) && \(line)", environment: environment)
            }
            func files(_ path: String) -> String { (try? sandbox.text(path)) ?? "" }
            // The example's namespace is everybody's: here the test has one for itself.
            let layer = "&& sed -i 's/^deployment:/deployment:\\n  namespace: \(namespace)/' synthdata/base.yaml"

            let review = try await run("true \(layer) && ./pipeline.sh review")
            #expect(review.code == 0, "\(review.error)")
            #expect(files("out/plan.txt").contains("+ create  Deployment/\(namespace)/orders"))
            #expect(files("out/plan.xml").contains("<testcase name=\"orders\""))

            let release = try await run("true \(layer) && ci/deploy.sh")
            #expect(release.code == 0, "\(release.error)")
            #expect(files("out/deploy.xml").contains("deployed"))

            let calm = try await run("true \(layer) && ./pipeline.sh nightly")
            #expect(calm.code == 0, "\(calm.error)")
            #expect(files("out/drift.txt").contains("orders: as deployed (revision 1)"))

            try await Self.edit(namespace, plane)
            let night = try await run("true \(layer) && ci/drift.sh")
            #expect(night.code == 3, "\(night.error)")
            #expect(files("out/drift.txt").contains("kubectl-edit, "))
            #expect(files("out/drift.xml").contains("failures=\"1\""))
            #expect(files("out/drift.xml").contains("containers[0].env[0] (kubectl-edit, "))

            let stale = try await run("true \(layer) && ci/deploy.sh")
            #expect(stale.code == 1)
            #expect(stale.error.contains("[plan.stale]"))

            let back = try await sandbox.run(
                ["drift", "orders", "--provider", "onprem", "--namespace", namespace, "--revert"],
                environment: environment)
            #expect(back.code == 0, "\(back.error)")
            #expect(try await run("true \(layer) && ci/drift.sh").code == 0)
            _ = try await sandbox.run(
                ["destroy", "orders", "--provider", "onprem", "--namespace", namespace], environment: environment)
        }
    }

    /// The live value goes into the file, with its comments, and a deployment then changes nothing.
    @Test(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
    func anEditIsAdoptedIntoTheLayerThatConfiguredIt() async throws {
        let plane = try await ControlPlane.shared()
        try await Sandbox.with { sandbox in
            let namespace = "adopt-\(UInt32.random(in: 0...UInt32.max))"
            let environment: [Environment.Key: String?] = ["KUBECONFIG": plane.kubeconfigs.admin]
            let layer =
                Pipeline.small.replacing(
                    "deployment:\n",
                    with: "deployment:\n  namespace: \(namespace)\n  env: [{name: LEVEL, value: info}]  # as agreed\n")
            try sandbox.write(layer, to: "synthdata/base.yaml")
            let line = ["--type", "image", "--name", "orders", "--provider", "onprem", "--environment", "development"]
            #expect(try await sandbox.run(["deploy"] + line, environment: environment).code == 0)
            try await Self.edit(namespace, plane)
            let target = ["--provider", "onprem", "--namespace", namespace]
            let refused = try await sandbox.run(
                ["drift", "orders", "--adopt", "--into", "synthdata/base.yaml"] + target, environment: environment)
            #expect(refused.code == 1)
            #expect(refused.error.contains("env[4] cannot be adopted [drift.not-adopted]"), "\(refused.error)")
            #expect(try sandbox.text("synthdata/base.yaml") == layer)
            let adopted = try await sandbox.run(
                ["drift", "orders", "--adopt", "--into", "synthdata/base.yaml", "--ignore"]
                    + ["spec.template.spec.containers[0].env[4]"] + target, environment: environment)
            #expect(adopted.code == 0, "\(adopted.error)")
            #expect(
                try sandbox.text("synthdata/base.yaml")
                    == layer.replacing("value: info}]  # as agreed", with: "value: debug}]  # as agreed"))
            let left = try await sandbox.run(
                ["diff", "--keep", "spec.template.spec.containers[0].env[3].value"] + line, environment: environment)
            #expect(left.output.contains("no changes"), "\(left.output)\(left.error)")
            _ = try await sandbox.run(["destroy", "orders"] + target, environment: environment)
        }
    }

    /// As `kubectl edit` does it: another value of a variable, and one more.
    private static func edit(_ namespace: String, _ plane: ControlPlane) async throws {
        let program = """
            import json, ssl, sys, urllib.request
            config = json.load(open(sys.argv[1]))
            token = config['users'][0]['user']['token']
            env = [{'name': 'LEVEL', 'value': 'debug'}, {'name': 'ADDED', 'value': 'yes'}]
            patch = {'spec': {'template': {'spec': {'containers': [{'name': 'workload', 'env': env}]}}}}
            urllib.request.urlopen(urllib.request.Request(
                f'{sys.argv[2]}/apis/apps/v1/namespaces/{sys.argv[4]}/deployments/orders?fieldManager=kubectl-edit',
                json.dumps(patch).encode(), method='PATCH', headers={
                    'Authorization': f'Bearer {token}', 'Content-Type': 'application/strategic-merge-patch+json'}),
                context=ssl.create_default_context(cafile=sys.argv[3]))
            """
        _ = try await Project.python(
            program, [plane.kubeconfigs.admin, plane.server, plane.authority, namespace])
    }

    /// Nothing runs in a forge but what runs here.
    @Test(arguments: [".github/workflows/synthdata.yml", ".gitlab-ci.yml"])
    func theFilesOfForgesCallNothingButTheTestedScripts(_ file: String) async throws {
        let program = """
            import json, sys, yaml
            document = yaml.safe_load(open(sys.argv[1]))
            commands = []
            jobs = document.get('jobs') or {k: v for k, v in document.items() if isinstance(v, dict)}
            for job in jobs.values():
                for step in job.get('steps', []):
                    if 'run' in step:
                        commands.append(step['run'])
                commands += job.get('script', []) + job.get('before_script', [])
            print(json.dumps(commands))
            """
        let commands = try Finished.parsed(try await Project.python(program, ["\(Pipeline.example)/\(file)"]))
        let called = Set((commands.sequence ?? []).compactMap(\.string))
        #expect(called == Set(Self.scripts.map { "ci/\($0).sh" }))
        for script in called {
            #expect(FileManager.default.isExecutableFile(atPath: "\(Pipeline.example)/\(script)"), "\(script)")
        }
    }

    @Test func theSetUpInstallsTheToolAndWritesAKubeconfig() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.shell(
                """
                cp -r "\(Pipeline.example)/." . && touch path env
                export HOME=$PWD/home PATH=/usr/bin:/bin KUBECONFIG_DATA='kind: Config' GITHUB_PATH=path GITHUB_ENV=env
                export SYNTHDATA_INFRA_URL=file://$0 SYNTHDATA_INFRA_SHA256=0000
                ci/setup.sh && exit 9
                SYNTHDATA_INFRA_SHA256=$(sha256sum <"$0" | cut -d' ' -f1) ci/setup.sh || exit 8
                cat path env home/.kube/pipeline; stat -c %a home/.kube/pipeline
                """)
            #expect(finished.code == 0, "\(finished.error)")
            let work = "\(sandbox.path)/work"
            #expect(
                finished.lines.suffix(4) == [
                    "\(work)/home/.local/bin", "KUBECONFIG=\(work)/home/.kube/pipeline", "kind: Config", "600",
                ])
        }
    }
}
