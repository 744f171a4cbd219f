"""The AWS stacks, linted and really made and deleted in an emulator: a house, and artmatt's own."""

import re
import subprocess
import sys
import warnings
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

AWS = Path(__file__).parents[3] / "installers/server/aws"
IMAGE = "registry.example/swingtag-server@sha256:" + "5" * 64
NOT_EMULATED = {
    "AWS::SecretsManager::Secret",
    "AWS::S3::BucketPolicy",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudWatch::Alarm",
}
"""What the emulator passes over: the linter alone has looked at these."""
LEFT_BY_EMULATOR = {"gateways", "endpoints", "targets", "clusters", "services", "tasks"}
"""What the emulator does not delete with a stack, whatever the template says."""


def load(path):
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


house = load(AWS / "house.py")


@pytest.fixture
def account(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "emulated")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the emulator tells of each type in NOT_EMULATED
        yield boto3.Session()


@pytest.fixture
def zone(account):
    made = account.client("route53").create_hosted_zone(Name="beanie.ty", CallerReference="1")
    return made["HostedZone"]["Id"].rsplit("/", 1)[1]


@pytest.fixture
def stacks(account, monkeypatch, tmp_path):
    """Stacks from the real templates, but with a certificate that the emulator knows."""
    made = account.client("acm").request_certificate(DomainName="beanie.ty")["CertificateArn"]
    for name in ("stack.yaml", "shard.yaml"):
        text = (
            (AWS / name)
            .read_text()
            .replace("CertificateArn: !Ref Certificate", f"CertificateArn: {made}")
        )
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(house, "HERE", tmp_path)
    return house.Stacks(account)


def names(account):
    """All that stands in the account, by kind."""
    ec2, ecs, elb = (account.client(name) for name in ("ec2", "ecs", "elbv2"))
    clusters = ecs.list_clusters()["clusterArns"]
    balancers = {each["LoadBalancerArn"] for each in elb.describe_load_balancers()["LoadBalancers"]}
    return {
        "networks": {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]},
        "subnets": {each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]},
        "doors": {each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]},
        "gateways": {
            each["InternetGatewayId"]
            for each in ec2.describe_internet_gateways()["InternetGateways"]
        },
        "endpoints": {
            each["VpcEndpointId"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]
        },
        "route tables": {
            each["RouteTableId"] for each in ec2.describe_route_tables()["RouteTables"]
        },
        "buckets": {each["Name"] for each in account.client("s3").list_buckets()["Buckets"]},
        "databases": {
            each["DBInstanceIdentifier"]
            for each in account.client("rds").describe_db_instances()["DBInstances"]
        },
        "logs": {
            each["logGroupName"]
            for each in account.client("logs").describe_log_groups()["logGroups"]
        },
        "roles": {each["RoleName"] for each in account.client("iam").list_roles()["Roles"]},
        "clusters": set(clusters),
        "services": {
            each
            for cluster in clusters
            for each in ecs.list_services(cluster=cluster)["serviceArns"]
        },
        "tasks": set(ecs.list_task_definitions()["taskDefinitionArns"]),
        "balancers": balancers,
        "listeners": {
            each["ListenerArn"]
            for balancer in balancers
            for each in elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        },
        "targets": {
            each["TargetGroupArn"] for each in elb.describe_target_groups()["TargetGroups"]
        },
        "topics": {each["TopicArn"] for each in account.client("sns").list_topics()["Topics"]},
    }


def records(account, zone):
    found = account.client("route53").list_resource_record_sets(HostedZoneId=zone)
    names = {each["Name"] for each in found["ResourceRecordSets"] if each["Type"] == "A"}
    return {name.rstrip(".").replace("\\052", "*") for name in names}


def settings(zone, domain, tenant=""):
    asked = {
        "Domain": domain,
        "HostedZoneId": zone,
        "Image": IMAGE,
        "AlarmAddress": "ops@beanie.ty",
    }
    return asked | ({"OnlyTenant": tenant} if tenant else {})


def clear_routes(account, network):
    """Delete the route tables of a network, which the emulator leaves lying in its way."""
    ec2 = account.client("ec2")
    for table in ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [network]}])[
        "RouteTables"
    ]:
        if not any(each.get("Main") for each in table["Associations"]):
            for each in table["Associations"]:
                ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
            ec2.delete_route_table(RouteTableId=table["RouteTableId"])


def test_the_linter_has_nothing_to_say():
    templates = [AWS / "stack.yaml", AWS / "shard.yaml"]
    run = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), *templates],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "")


def test_the_linter_finds_a_planted_mistake(tmp_path):
    text = (AWS / "stack.yaml").read_text()
    broken = tmp_path / "stack.yaml"
    broken.write_text(text.replace("!GetAtt Files.Arn", "!GetAtt Fields.Arn"))
    run = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), broken], capture_output=True, check=False
    )
    assert run.returncode != 0


def test_a_house_and_a_collectors_own_stack_stand_up_and_one_leaves_nothing(account, stacks, zone):
    empty = names(account)
    said = stacks.up("swingtag", house.HERE / "stack.yaml", settings(zone, "beanie.ty"))
    assert said["Address"] == "https://beanie.ty"
    assert records(account, zone) == {"beanie.ty", "*.beanie.ty"}
    with_house = names(account)
    stacks.up("artmatt", house.HERE / "stack.yaml", settings(zone, "artmatt.beanie.ty", "artmatt"))
    assert records(account, zone) == {"beanie.ty", "*.beanie.ty", "artmatt.beanie.ty"}
    both = names(account)
    for kind, had in empty.items():
        assert had < with_house[kind] < both[kind], kind
    artmatts = {kind: both[kind] - with_house[kind] for kind in both}

    account.resource("s3").Bucket(said["FilesBucket"]).put_object(Key="sealed", Body=b"bytes")
    with pytest.raises(Exception, match="dependencies"):
        stacks.down("swingtag")
    (network,) = with_house["networks"] - empty["networks"]
    clear_routes(account, network)
    account.client("ec2").delete_vpc(VpcId=network)  # refused if anything else were left in it

    now = names(account)
    kept = {kind for kind in now if now[kind] != empty[kind] | artmatts[kind]}
    assert kept == LEFT_BY_EMULATOR
    assert all(artmatts[kind] <= now[kind] for kind in now)
    assert records(account, zone) == {"artmatt.beanie.ty"}
    stacks.down("swingtag")  # once more does no harm


def test_what_the_emulator_passes_over_is_known(account, stacks, zone):
    stacks.up("swingtag", house.HERE / "stack.yaml", settings(zone, "beanie.ty"))
    listed = account.client("cloudformation").list_stack_resources(StackName="swingtag")
    made = {
        each["LogicalResourceId"]
        for each in listed["StackResourceSummaries"]
        if each.get("LogicalResourceId")
    }
    text = (AWS / "stack.yaml").read_text().split("Resources:\n")[1]
    declared = dict(re.findall(r"^  (\w+):\n    Type: (AWS::\S+)", text, re.MULTILINE))
    assert {kind for name, kind in declared.items() if name not in made} == NOT_EMULATED


@pytest.mark.usefixtures("stacks")
def test_a_shard_is_added_and_repeated_commands_change_nothing(account, zone, capsys):
    words = [f"{key}={value}" for key, value in settings(zone, "beanie.ty").items()]
    assert house.main(["up", "swingtag", *words]) == 0
    before = names(account)
    assert house.main(["shard", "swingtag", "shard-2", "DatabaseGigabytes=500"]) == 0
    assert "Host: " in capsys.readouterr().out
    after = names(account)
    assert {kind for kind in after if after[kind] != before[kind]} == {"databases"}
    assert house.main(["down", "shard-2", "--yes"]) == 0
    assert names(account) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["down", "swingtag"], "Say --yes"),
        (["up", "swingtag", "Domain"], "Name=value"),
        (["shard", "nobody", "shard-2"], "no stack named nobody"),
    ],
)
@pytest.mark.usefixtures("account")
def test_mistakes_get_one_sentence(words, said):
    with pytest.raises(SystemExit, match=said) as stopped:
        house.main(words)
    assert str(stopped.value).startswith("house.py: ")
