import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Roles of IAM: the one of the nodes, and the one that the service's pods have.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
struct RoleDriver: ResourceDriver {
    /// The inline policy, which is ours as a whole.
    private static let policyName = "synthdata"

    let context: DriverContext
    private var api: AWSAPI { context.api }

    // MARK: Wanted

    func wanted(_ resource: Resource, among all: [Resource]) throws -> Node {
        let spec = resource.manifest["spec"] ?? .null
        let isOfNodes = resource.identity.kind == CloudKind.nodeRole.rawValue
        var wanted = Mapping()
        wanted["roleName"] = spec["roleName"]
        wanted["assumeRolePolicyDocument"] = isOfNodes ? nodeTrust : try trust(resource, spec)
        wanted["managedPolicyArns"] = .sequence(ownPolicies(resource).map { .string($0, at: spec.location) })
        wanted["policy"] = isOfNodes ? .null : policy(spec, among: all)
        wanted["permissionsBoundary"] = spec["permissionsBoundary"] ?? .null
        wanted["tags"] = spec["tags"] ?? [:]
        return .mapping(wanted)
    }

    /// AWS's own policies that the role is to have, in order.
    private func ownPolicies(_ resource: Resource) -> [String] {
        (resource.manifest.value("spec", "managedPolicies")?.sequence ?? []).compactMap(\.string)
            .map { "arn:\(context.partition.id):iam::aws:policy/\($0)" }.sorted()
    }

    private var nodeTrust: Node {
        PolicyDocument.document([
            [
                "Effect": "Allow", "Principal": ["Service": .string("ec2.\(context.partition.serviceSuffix)")],
                "Action": "sts:AssumeRole",
            ]
        ])
    }

    private func trust(_ resource: Resource, _ spec: Node) throws -> Node {
        guard spec["trust"]?.string == "irsa" else {
            // For this service account alone: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
            return PolicyDocument.document([
                [
                    "Effect": "Allow", "Principal": ["Service": "pods.eks.amazonaws.com"],
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": [
                        "StringEquals": [
                            "aws:RequestTag/eks-cluster-arn": .string(context.cluster.arn),
                            "aws:RequestTag/kubernetes-namespace": .string(resource.identity.namespace ?? ""),
                            "aws:RequestTag/kubernetes-service-account": spec["serviceAccount"] ?? "",
                        ]
                    ],
                ]
            ])
        }
        // https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
        guard let issuer = context.cluster.issuer?.split(separator: "//").last else {
            throw Diagnostic(
                .error, .cluster, "the cluster `\(context.cluster.name)` issues no identities for service accounts",
                at: spec["trust"]?.location ?? .unknown, why: "it has no OIDC issuer",
                fix: "set `providers.aws.identity: pod-identity`")
        }
        let account = spec["serviceAccount"]?.string ?? ""
        return PolicyDocument.document([
            [
                "Effect": "Allow",
                "Principal": [
                    "Federated": .string(
                        "arn:\(context.partition.id):iam::\(context.identity.account):oidc-provider/\(issuer)")
                ],
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": [
                    "StringEquals": [
                        "\(issuer):sub": .string(
                            "system:serviceaccount:\(resource.identity.namespace ?? ""):\(account)"),
                        "\(issuer):aud": "sts.amazonaws.com",
                    ]
                ],
            ]
        ])
    }

    /// No more than what the service needs. Null where that is nothing.
    private func policy(_ spec: Node, among all: [Resource]) -> Node {
        var statements: [Node] = []
        let bucket = all.first { $0.identity.kind == CloudKind.bucket.rawValue }?.manifest["spec"]
        if spec["usesBucket"]?.bool == true, let bucket {
            let arn = context.bucketARN(context.bucketName(bucket))
            statements += [
                PolicyDocument.allow("Bucket", ["s3:ListBucket"], on: [.string(arn)]),
                PolicyDocument.allow(
                    "Objects",
                    [
                        "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload",
                        "s3:ListMultipartUploadParts",
                    ], on: [.string("\(arn)/*")]),
            ]
            if let key = bucket.value("encryption", "key") { statements.append(use(of: key)) }
        }
        let secrets = (spec["secrets"]?.sequence ?? []).map { secret -> Node in
            .string(secretARN(secret.string ?? ""), at: secret.location)
        }
        if !secrets.isEmpty {
            statements.append(
                PolicyDocument.allow(
                    "Secrets", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], on: secrets))
        }
        return statements.isEmpty ? .null : PolicyDocument.document(statements)
    }

    /// The ARNs of secrets end in six characters that nobody can know before; who names one without them has it found
    /// all the same, and means that one.
    /// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
    private func secretARN(_ reference: String) -> String {
        guard reference.hasPrefix("arn:") else {
            return "arn:\(context.partition.id):secretsmanager:\(api.region):\(context.identity.account):secret:"
                + "\(reference)-??????"
        }
        let end = reference.split(separator: "-", omittingEmptySubsequences: false).last ?? ""
        let isWhole = end.utf8.count == 6 && end.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isWhole ? reference : "\(reference)-??????"
    }

    /// https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    private func use(of key: Node) -> Node {
        let name = key.string ?? ""
        let keys = "arn:\(context.partition.id):kms:\(api.region):\(context.identity.account):key/"
        let actions: [Node] = ["kms:Decrypt", "kms:GenerateDataKey"]
        if name.hasPrefix("arn:"), !name.contains(":alias/") {
            return PolicyDocument.allow("Key", actions, on: [.string(name, at: key.location)])
        }
        let alias = name.hasPrefix("arn:") ? name.split(separator: ":").last.map(String.init) ?? name : name
        guard alias.hasPrefix("alias/") else {
            return PolicyDocument.allow("Key", actions, on: [.string(keys + name, at: key.location)])
        }
        return PolicyDocument.allow(
            "Key", actions, on: [.string("\(keys)*", at: key.location)],
            condition: ["ForAnyValue:StringEquals": ["kms:ResourceAliases": .string(alias)]])
    }

    // MARK: Live

    func live(_ wanted: Node, of resource: Resource) async throws -> LiveResource? {
        let name = wanted["roleName"]?.string ?? ""
        guard let role = try await role(name) else { return nil }
        let tags = Tags.dictionary(pairs: role.details["Tags"]?.elements("member") ?? [])
        var spec = Mapping()
        spec["roleName"] = .string(name)
        spec["assumeRolePolicyDocument"] = PolicyDocument.decoded(role.details["AssumeRolePolicyDocument"]?.string)
        spec["managedPolicyArns"] = .sequence(role.attached.sorted().map { .string($0) })
        spec["policy"] = role.policy
        spec["permissionsBoundary"] =
            role.details.value("PermissionsBoundary", "PermissionsBoundaryArn") ?? .null
        spec["tags"] = Tags.node(tags, wanted: wanted["tags"])
        return LiveResource(id: name, spec: .mapping(spec), tags: tags)
    }

    private struct LiveRole {
        let details: Node
        let attached: [String]
        /// Null where there is none.
        let policy: Node
    }

    private func role(_ name: String) async throws -> LiveRole? {
        if context.look != nil {
            let roles = try await context.once("GetAccountAuthorizationDetails") { try await self.roles() }
            if let roles { return roles[name] }
        }
        do {
            // Together: each is a question of its own.
            async let role = api.query(.iam, "GetRole", [("RoleName", name)])["Role"] ?? .null
            async let attached = attachedPolicies(name)
            async let policy = inlinePolicy(name)
            return try await LiveRole(details: role, attached: attached, policy: policy)
        } catch let error as AWSError where error.isNotFound {
            return nil
        }
    }

    /// All of the account, by name; nil where nobody may list them.
    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    private func roles() async throws -> [String: LiveRole]? {
        let all = try await CloudPreflight.looking {
            try await Pages.all { marker in
                let page = try await api.query(
                    .iam, "GetAccountAuthorizationDetails",
                    [("Filter.member.1", "Role"), ("MaxItems", "1000")] + Self.from(marker))
                return (page["RoleDetailList"]?.elements("member") ?? [], Self.next(page))
            }
        }
        guard let all else { return nil }
        let named = all.map { role in
            let inline = role["RolePolicyList"]?.elements("member").first {
                $0["PolicyName"]?.string == Self.policyName
            }
            let live = LiveRole(
                details: role,
                attached: (role["AttachedManagedPolicies"]?.elements("member") ?? [])
                    .compactMap { $0["PolicyArn"]?.string },
                policy: inline.map { PolicyDocument.decoded($0["PolicyDocument"]?.string) } ?? .null)
            return (role["RoleName"]?.string ?? "", live)
        }
        return Dictionary(named) { first, _ in first }
    }

    private func attachedPolicies(_ role: String) async throws -> [String] {
        try await Pages.all { marker in
            let page = try await api.query(
                .iam, "ListAttachedRolePolicies", [("RoleName", role)] + Self.from(marker))
            return (
                (page["AttachedPolicies"]?.elements("member") ?? []).compactMap { $0["PolicyArn"]?.string },
                Self.next(page)
            )
        }
    }

    private static func next(_ page: Node) -> String? {
        page["IsTruncated"]?.string == "true" ? page["Marker"]?.string : nil
    }

    private static func from(_ marker: String?) -> [(String, String)] { marker.map { [("Marker", $0)] } ?? [] }

    /// Null where there is none.
    private func inlinePolicy(_ role: String) async throws -> Node {
        do {
            let answer = try await api.query(
                .iam, "GetRolePolicy", [("RoleName", role), ("PolicyName", Self.policyName)])
            return PolicyDocument.decoded(answer["PolicyDocument"]?.string)
        } catch let error as AWSError where error.isNotFound {
            return .null
        }
    }

    // MARK: Writing

    func create(_ wanted: Node, of resource: Resource) async throws {
        var parameters = [
            ("RoleName", wanted["roleName"]?.string ?? ""),
            ("AssumeRolePolicyDocument", JSONEmitter.emit(wanted["assumeRolePolicyDocument"] ?? .null)),
            (
                "Description",
                "Made by synthdata-infra for \(resource.identity.namespace ?? "")/\(resource.identity.name)"
            ),
        ]
        if let boundary = wanted["permissionsBoundary"]?.string {
            parameters.append(("PermissionsBoundary", boundary))
        }
        do {
            _ = try await api.query(.iam, "CreateRole", parameters + Tags.parameters(wanted["tags"]))
        } catch let error as AWSError where error.code == "EntityAlreadyExists" {
            // An attempt before this one has made it, or it is somebody else's.
            if let live = try await live(wanted, of: resource) { try ResourceOwnership.check(live, resource) }
        }
        for arn in wanted["managedPolicyArns"]?.sequence ?? [] {
            try await attach(arn.string ?? "", wanted)
        }
        try await putPolicy(wanted)
    }

    func update(_ wanted: Node, from live: LiveResource, _ fields: [FieldChange]) async throws {
        let role = ("RoleName", live.id)
        let changed = fields.keys
        if changed.contains("assumeRolePolicyDocument") {
            let document = JSONEmitter.emit(wanted["assumeRolePolicyDocument"] ?? .null)
            _ = try await api.query(.iam, "UpdateAssumeRolePolicy", [role, ("PolicyDocument", document)])
        }
        if changed.contains("permissionsBoundary") {
            if let boundary = wanted["permissionsBoundary"]?.string {
                _ = try await api.query(
                    .iam, "PutRolePermissionsBoundary", [role, ("PermissionsBoundary", boundary)])
            } else {
                _ = try await api.query(.iam, "DeleteRolePermissionsBoundary", [role])
            }
        }
        if changed.contains("managedPolicyArns") {
            func names(_ spec: Node) -> [String] {
                (spec["managedPolicyArns"]?.sequence ?? []).compactMap(\.string)
            }
            let (before, after) = (names(live.spec), names(wanted))
            for arn in after where !before.contains(arn) { try await attach(arn, wanted) }
            for arn in before where !after.contains(arn) { try await detach(arn, live.id) }
        }
        if changed.contains("policy") { try await putPolicy(wanted) }
        if changed.contains("tags") {
            _ = try await api.query(.iam, "TagRole", [role] + Tags.parameters(wanted["tags"]))
        }
    }

    private func attach(_ policy: String, _ wanted: Node) async throws {
        _ = try await api.query(
            .iam, "AttachRolePolicy", [("RoleName", wanted["roleName"]?.string ?? ""), ("PolicyArn", policy)])
    }

    private func detach(_ policy: String, _ role: String) async throws {
        do {
            _ = try await api.query(.iam, "DetachRolePolicy", [("RoleName", role), ("PolicyArn", policy)])
        } catch let error as AWSError where error.isNotFound {}
    }

    private func putPolicy(_ wanted: Node) async throws {
        let role = wanted["roleName"]?.string ?? ""
        guard let policy = wanted["policy"], !policy.isNull else { return try await deletePolicy(of: role) }
        _ = try await api.query(
            .iam, "PutRolePolicy",
            [
                ("RoleName", role), ("PolicyName", Self.policyName), ("PolicyDocument", JSONEmitter.emit(policy)),
            ])
    }

    private func deletePolicy(of role: String) async throws {
        do {
            _ = try await api.query(
                .iam, "DeleteRolePolicy", [("RoleName", role), ("PolicyName", Self.policyName)])
        } catch let error as AWSError where error.isNotFound {}
    }

    /// A role goes with what this tool has attached to it; what others have attached keeps it.
    func delete(_ live: LiveResource, of resource: Resource, deleteData: Bool) async throws -> Bool {
        for arn in ownPolicies(resource) { try await detach(arn, live.id) }
        try await deletePolicy(of: live.id)
        do {
            _ = try await api.query(.iam, "DeleteRole", [("RoleName", live.id)])
        } catch let error as AWSError where error.code == "DeleteConflict" {
            return false
        } catch let error as AWSError where error.isNotFound {}
        return true
    }
}
