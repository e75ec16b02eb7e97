"""Prints the template as plain CloudFormation in JSON, as the SAM transform on AWS's side makes it. Needs no AWS."""

import json
import sys

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file)
# The transform takes code from S3 only; which object it is matters to no test.
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = {"Bucket": "artifacts", "Key": "function.zip"}
translator = Translator(managed_policy_map={}, sam_parser=Parser())
json.dump(translator.translate(template, {}), sys.stdout, indent=1)
